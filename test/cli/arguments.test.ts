import { test } from 'tap'
import { commands, parseArguments, UsageError } from '../../src/cli/arguments.ts'

test('without a command, run is meant', async (t) => {
  t.match(parseArguments([]), { command: 'run', help: false, version: false })
  t.match(parseArguments(['--config', 'some.yaml']), { command: 'run', config: 'some.yaml' })
  t.match(parseArguments(['-h']), { command: 'run', help: true })
  t.match(parseArguments(['-v']), { command: 'run', version: true })
})

for (const command of commands) {
  test(`${command} knows --config, --help and --version`, async (t) => {
    const given = parseArguments([command, '--config=a.yaml', '--help', '--version'])
    t.match(given, { command, config: 'a.yaml', help: true, version: true })
  })
}

test('what belongs to one command is read', async (t) => {
  t.match(parseArguments(['check', '--json', '--offline']), { json: true, offline: true })
  t.match(parseArguments(['health', '--wait', '30']), { waitSeconds: 30 })
  const simulate =
    'simulate --dir d --listen a:1 --authorization-listen b:2 --token-ttl 9 --throttle 3 --allow-remote --hostname x --hostname y --faults api-503'
  t.match(parseArguments(simulate.split(' ')), {
    dir: 'd',
    listen: 'a:1',
    authorizationListen: 'b:2',
    tokenTtlSeconds: 9,
    throttlePerMinute: 3,
    allowRemote: true,
    hostnames: ['x', 'y'],
    faults: 'api-503',
  })
})

test('what is not given has the documented default', async (t) => {
  t.match(parseArguments(['simulate']), {
    config: undefined,
    dir: undefined,
    waitSeconds: 0,
    json: false,
    offline: false,
    listen: '127.0.0.1:9443',
    authorizationListen: '127.0.0.1:9444',
    tokenTtlSeconds: 300,
    throttlePerMinute: 20,
    allowRemote: false,
    hostnames: [],
    faults: '',
  })
})

const faults: [string, string, string][] = [
  ['serve', 'there is no command "serve"', 'bc-sidecar --help'],
  ['', 'there is no command ""', 'bc-sidecar --help'],
  ['--nonsense', "Unknown option '--nonsense'", 'bc-sidecar --help'],
  ['health --json', "Unknown option '--json'", 'bc-sidecar health --help'],
  ['check more', "Unexpected argument 'more'", 'bc-sidecar check --help'],
  ['--config', "Option '--config <value>' argument missing", 'bc-sidecar --help'],
  ['--config --json', "Option '--config' argument is ambiguous", 'bc-sidecar --help'],
  ['check --json=yes', "Option '--json' does not take an argument", 'bc-sidecar check --help'],
  ['health --wait soon', '--wait is "soon", and should be a whole number from 0 to 86400', '--help'],
  ['health --wait=-1', '--wait is "-1"', '--help'],
  ['health --wait 86401', '--wait is "86401"', '--help'],
  ['simulate --token-ttl 0', '--token-ttl is "0", and should be a whole number from 1 to 86400', '--help'],
  ['simulate --throttle 1.5', '--throttle is "1.5"', '--help'],
]
for (const [line, problem, help] of faults) {
  test(`"${line}" is refused in one line that says what is wrong and where help is`, async (t) => {
    t.throws(() => parseArguments(line.split(' ')), UsageError)
    try {
      parseArguments(line.split(' '))
    } catch (error) {
      const { message } = error as Error
      t.ok(message.startsWith(`bc-sidecar: ${problem}`), message)
      t.ok(message.endsWith(help), message)
      t.notMatch(message, '\n')
    }
  })
}
