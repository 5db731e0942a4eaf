import { test } from 'tap'
import { loadConfiguration } from '../../src/config/load.ts'
import { errorOf, soundEnvironment } from './harness.ts'

test('a file has several environments, with paths relative to it', async (t) => {
  const dir = t.testdir({
    'sidecar.yaml': `
adminListen: 127.0.0.1:9000
logLevel: debug
drainDelayMs: 5000
environments:
  sandbox:
    usernameFile: secrets/username
    password: hunter2
    certificateFile: /etc/client.pfx
    allow: [GET /api/v1/accounts, "POST /a,b"]
    allowedHosts: [sidecar, "sidecar:8080"]
    tokenAtStart: 1000
  2024:
    baseUrl: https://localhost:9443
    authorizationUrl: https://localhost:9444
    listen: unix:/run/2024.sock
    allowRemote: true
    usernameFile: ../username
    passwordFile: password
    certificateFile: client.pem
    certificateKeyFile: key.pem
    certificatePassphrase:
    caFile: ""
    allowedHosts:
`,
  })
  const { environments, ...top } = await loadConfiguration({ env: {}, file: 'sidecar.yaml', cwd: dir })
  t.match(top, { adminListen: { port: 9000 }, logLevel: 'debug', drainDelayMs: 5000, drainTimeoutMs: 25_000 })
  t.equal(environments.length, 2)
  const sandbox = environments.find(({ name }) => name === 'sandbox')
  t.match(sandbox, {
    baseUrl: 'https://sandbox.bankingcircleconnect.com',
    allow: ['GET /api/v1/accounts', 'POST /a,b'],
    allowedHosts: [{ name: 'sidecar' }, { name: 'sidecar', port: 8080 }],
    tokenAtStart: 1000,
    credentials: { usernameFile: `${dir}/secrets/username`, certificateFile: '/etc/client.pfx' },
  })
  t.equal(sandbox?.credentials.password?.reveal(), 'hunter2')
  const other = environments.find(({ name }) => name === '2024')
  t.match(other, { listen: { kind: 'unix', path: '/run/2024.sock' }, allowRemote: true })
  t.match(other, { allow: undefined, allowedHosts: [] })
  t.match(other?.credentials, { passwordFile: `${dir}/password`, certificateKeyFile: `${dir}/key.pem` })
  t.match(other?.credentials, { certificatePassphrase: undefined, caFile: undefined })
})

test('BC_CONFIG_FILE names the file, unless the command line does', async (t) => {
  const dir = t.testdir({
    'a.yaml': JSON.stringify({ environments: { sandbox: soundEnvironment }, logLevel: 'warn' }),
    'b.yaml': JSON.stringify({ environments: { sandbox: soundEnvironment }, logLevel: 'error' }),
  })
  const env = { BC_CONFIG_FILE: 'a.yaml' }
  t.equal((await loadConfiguration({ env, cwd: dir })).logLevel, 'warn')
  t.equal((await loadConfiguration({ env, cwd: dir, file: `${dir}/b.yaml` })).logLevel, 'error')
})

test('beside a file, variables for the whole process and the proxy are taken, and win', async (t) => {
  const file = t.testdir({
    'a.yaml': JSON.stringify({
      environments: { sandbox: soundEnvironment },
      logLevel: 'warn',
      logFormat: 'pretty',
    }),
  })
  const env = {
    BC_LOG_LEVEL: 'error',
    BC_ADMIN_LISTEN: 'unix:admin.sock',
    HTTPS_PROXY: 'http://proxy',
    BC_LISTEN: '',
  }
  const configuration = await loadConfiguration({ env, file: `${file}/a.yaml`, cwd: '/srv' })
  t.match(configuration, {
    logLevel: 'error',
    logFormat: 'pretty',
    adminListen: { kind: 'unix', path: '/srv/admin.sock' },
  })
  t.equal(configuration.outboundProxy?.url.reveal(), 'http://proxy')
})

test('beside a file, variables of an environment are faults, and each name is the one that was written', async (t) => {
  const dir = t.testdir({
    'a.yaml': 'logLevel: loud\nlogFormat: loud\nenvironments: { own: { listen: 1.2.3.4:1 } }',
  })
  const env = { BC_PASSWORD: 'hunter2', BC_ENVIRONMENT: 'sandbox', BC_LOG_LEVEL: 'quiet', BC_X: '' }
  const { faults, message } = await errorOf(loadConfiguration({ env, file: 'a.yaml', cwd: dir }))
  t.strictSame(
    faults.map(({ key }) => key),
    [
      'BC_X',
      'BC_ENVIRONMENT',
      'BC_PASSWORD',
      'environments.own.certificateFile',
      'environments.own.baseUrl',
      'environments.own.authorizationUrl',
      'environments.own.listen',
      'environments.own.username',
      'environments.own.password',
      'BC_LOG_LEVEL',
      'logFormat',
    ],
  )
  t.match(message, `The configuration (${dir}/a.yaml) has 11 faults:`)
  t.match(message, 'set environments.own.allowRemote to true')
  t.notMatch(message, 'hunter2')
})

test('a key that is no setting is a fault, with the place of the one that was meant', async (t) => {
  const table: ReadonlyArray<readonly [key: string, content: object, remedy: string | RegExp]> = [
    ['loglevel', { loglevel: 'info' }, 'logLevel'],
    ['enviroments', { enviroments: {} }, 'environments'],
    ['BC_LOG_LEVEL', { BC_LOG_LEVEL: 'info' }, 'logLevel'],
    ['listen', { listen: 'x' }, 'environments.<name>.listen'],
    ['fruit', { fruit: null }, /^one of environments, adminListen/],
    ['environments.own.base_url', { environments: { own: { base_url: 1 } } }, 'environments.own.baseUrl'],
    [
      'environments.own.logLevel',
      { environments: { own: { logLevel: 1 } } },
      'logLevel at the top level of the file',
    ],
    ['environments.own.name', { environments: { own: { name: 1 } } }, 'environments.own.username'],
    ['environments.own.httpsProxy', { environments: { own: { httpsProxy: 1 } } }, /^one of baseUrl/],
    ['""', { '': 1 }, /^one of environments/],
    ['environments.own.toString', { environments: { own: { toString: 1 } } }, /^one of baseUrl/],
  ]
  for (const [key, content, remedy] of table) {
    const dir = t.testdir({ 'a.yaml': JSON.stringify(content) })
    const { faults } = await errorOf(loadConfiguration({ env: {}, file: 'a.yaml', cwd: dir }))
    const fault = faults.find((candidate) => candidate.key === key)
    t.match(fault, { problem: 'there is no such setting here', remedy }, key)
  }
})

test('values of the wrong type are faults, without the value of a secret', async (t) => {
  const table: ReadonlyArray<readonly [setting: string, yaml: string, problem: RegExp]> = [
    ['username', '0123', /^the value is not text/],
    ['password', 'true', /^the value is not text/],
    ['certificatePassphrase', '[hunter2]', /^the value is not text/],
    ['certificateFile', '{ hunter: 2 }', /^a mapping is not text/],
    ['caFile', '"a\\0b"', / has a NUL in it$/],
    ['listen', '8080', /^8080 is not text/],
    ['allowRemote', '"true"', /^"true" is neither true nor false/],
    ['allow', 'GET /a', /^"GET \/a" is not a list/],
    ['allow', '[]', /^an empty list names nothing/],
    ['allow', '', /^an empty list names nothing/],
    ['allow', '""', /^an empty list names nothing/],
    ['allow', '[GET /a, 1]', /^1 is not text/],
    ['allow', '[null]', /^null is not text/],
    ['allow', '[[GET /a]]', /^a list is not text/],
    ['maxInFlight', '"20"', /^"20" is not a whole number/],
    ['maxInFlight', '1.5', /^1.5 is not a whole number/],
    ['maxInFlight', '99999999999999999999', /^100000000000000000000 is too large/],
    ['maxInFlight', '.inf', /^Infinity is not a whole number/],
  ]
  for (const [setting, yaml, problem] of table) {
    const rest = Object.entries({ ...soundEnvironment, [setting]: '' }).map(
      ([key, value]) => `    ${key}: ${value}\n`,
    )
    const login = { username: 'usernameFile', password: 'passwordFile' }[setting]
    const lines = rest.filter((line) => !line.includes(` ${login}:`) && !line.includes(` ${setting}:`))
    const dir = t.testdir({
      'a.yaml': `environments:\n  sandbox:\n${lines.join('')}    ${setting}: ${yaml}\n`,
    })
    const { faults } = await errorOf(loadConfiguration({ env: {}, file: 'a.yaml', cwd: dir }))
    t.match(faults, [{ key: `environments.sandbox.${setting}`, problem }], `${setting}: ${yaml}`)
    t.equal(faults.length, 1)
  }
})

test('environments share no listener', async (t) => {
  const two = { sandbox: soundEnvironment, production: soundEnvironment }
  const dir = t.testdir({ 'a.yaml': JSON.stringify({ environments: two }) })
  const { faults } = await errorOf(loadConfiguration({ env: {}, file: 'a.yaml', cwd: dir }))
  t.match(faults, [
    { key: 'environments.production.listen', problem: 'it is the address of environments.sandbox.listen' },
  ])
})
