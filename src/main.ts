#!/usr/bin/env node
import { runCommand } from './cli/command.ts'

// Nothing may keep the process alive once a command is done, nor end it before its output is written.
process.exitCode = await runCommand(process)
process.stderr.write('', () => process.stdout.write('', () => process.exit()))
