import { parseArgs } from 'node:util'

export const commands = ['run', 'check', 'health', 'simulate', 'demo'] as const
export type Command = (typeof commands)[number]

/** The command line, read; what belongs to one command only is undefined for the others. */
export interface Arguments {
  readonly command: Command
  readonly help: boolean
  readonly version: boolean
  readonly config: string | undefined
  readonly json: boolean
  readonly offline: boolean
  readonly waitSeconds: number
  readonly dir: string | undefined
  readonly listen: string
  readonly authorizationListen: string
  readonly tokenTtlSeconds: number
  readonly throttlePerMinute: number
  readonly allowRemote: boolean
  readonly hostnames: readonly string[]
  readonly faults: string
}

/** A command line that cannot be meant; the message says what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** Of the process: interface.md. */
  readonly exitStatus = 2
}

const everywhere = {
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', short: 'v', default: false },
} as const

const ofCommand = {
  run: {},
  check: { json: { type: 'boolean' }, offline: { type: 'boolean' } },
  health: { wait: { type: 'string' } },
  simulate: {
    dir: { type: 'string' },
    listen: { type: 'string' },
    'authorization-listen': { type: 'string' },
    'token-ttl': { type: 'string' },
    throttle: { type: 'string' },
    'allow-remote': { type: 'boolean' },
    hostname: { type: 'string', multiple: true },
    faults: { type: 'string' },
  },
  demo: {},
} as const

/** Throws a `UsageError`. */
export function parseArguments(argv: readonly string[]): Arguments {
  const [first] = argv
  const named = first !== undefined && !first.startsWith('-')
  const command = named ? first : 'run'
  if (!isCommand(command)) throw usage(`there is no command ${JSON.stringify(command)}`)
  const values = parse(command, named ? argv.slice(1) : argv)
  const text = (name: string): string | undefined => values[name] as string | undefined
  return {
    command,
    help: values['help'] === true,
    version: values['version'] === true,
    config: text('config'),
    json: values['json'] === true,
    offline: values['offline'] === true,
    waitSeconds: number('--wait', text('wait') ?? '0', 0),
    dir: text('dir'),
    listen: text('listen') ?? '127.0.0.1:9443',
    authorizationListen: text('authorization-listen') ?? '127.0.0.1:9444',
    tokenTtlSeconds: number('--token-ttl', text('token-ttl') ?? '300', 1),
    throttlePerMinute: number('--throttle', text('throttle') ?? '20', 1),
    allowRemote: values['allow-remote'] === true,
    hostnames: (values['hostname'] as string[] | undefined) ?? [],
    faults: text('faults') ?? '',
  }
}

function parse(command: Command, args: readonly string[]): Record<string, unknown> {
  try {
    return parseArgs({ args: [...args], options: { ...everywhere, ...ofCommand[command] } }).values
  } catch (error) {
    throw usage((error as Error).message.replace(/[.\n].*/s, ''), command)
  }
}

function number(option: string, text: string, least: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= 86_400) return value
  throw usage(`${option} is ${JSON.stringify(text)}, and should be a whole number from ${least} to 86400`)
}

function isCommand(name: string): name is Command {
  return (commands as readonly string[]).includes(name)
}

function usage(problem: string, command: Command = 'run'): UsageError {
  const help = command === 'run' ? 'bc-sidecar --help' : `bc-sidecar ${command} --help`
  return new UsageError(`bc-sidecar: ${problem}. Commands are ${commands.join(', ')}; see ${help}`)
}
