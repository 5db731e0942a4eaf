#!/usr/bin/env node
// Unhandled, it would open the inspector on a port that every container of the pod can reach: before anything else.
process.on('SIGUSR1', () => undefined)
const { runCommand } = await import('./cli/command.ts')

// Nothing may keep the process alive once a command is done, nor end it before its output is written.
process.exitCode = await runCommand(process)
process.stderr.write('', () => process.stdout.write('', () => process.exit()))
