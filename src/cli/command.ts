import { readFileSync } from 'node:fs'
import { type Arguments, parseArguments } from './arguments.ts'
import type { Permission } from './confinement.ts'
import { untilSignal } from './signals.ts'

/** What a command needs of the process, so that tests may bring their own. */
export type Process = Pick<NodeJS.Process, 'argv' | 'env' | 'stdout' | 'stderr' | 'on' | 'pid'> & {
  readonly permission?: Permission
}

/** Exit statuses of interface.md: 0 fine, 1 failed, 2 bad usage, settings or configuration file. */
export async function runCommand(process: Process): Promise<0 | 1 | 2> {
  try {
    const given = parseArguments(process.argv.slice(2))
    // Whoever stops reading (`| head`) has seen enough. The log of `run` has a writer of its own.
    if (given.help || given.version || given.command !== 'run') process.stdout.on('error', () => undefined)
    if (given.help) return say(process, (await import('./help.ts')).helpText(given.command))
    if (given.version) return say(process, `${packageVersion()}\n`)
    return await dispatch(process, given)
  } catch (error) {
    // Not by its class: in the bundle `run` has its own copy of that (compiled-run.ts).
    const { message, exitStatus = 1 } = error as Error & { exitStatus?: 2 }
    process.stderr.write(exitStatus === 2 ? `${message}\n` : `bc-sidecar: ${message}\n`)
    return exitStatus
  }
}

/** Each command is loaded only when asked for: `run` shall start quickly. */
async function dispatch(process: Process, given: Arguments): Promise<0 | 1> {
  const version = packageVersion()
  switch (given.command) {
    case 'run':
      return (await import('./run.ts')).run(process, { ...given, version })
    case 'health':
      return (await import('./health.ts')).health(process, given)
    case 'simulate': {
      // Before what takes long to load: a signal that comes meanwhile ends it as one that comes later.
      const ended = untilSignal(process)
      return (await import('./simulate.ts')).simulate(process, given, ended)
    }
    case 'demo':
      return (await import('./demo.ts')).demo(process, { version })
    case 'check':
      return (await import('./check.ts')).check(process, given)
  }
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function say({ stdout }: Process, text: string): 0 {
  stdout.write(text)
  return 0
}
