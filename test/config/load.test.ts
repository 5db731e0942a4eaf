import { test } from 'tap'
import { ConfigurationError } from '../../src/config/fault.ts'
import { loadAdminListen, loadConfiguration } from '../../src/config/load.ts'
import { errorOf, load, loadEnvironment, soundVariables } from './harness.ts'

test('what is not set has the defaults of the interface', async (t) => {
  t.strictSame(await load(), {
    environments: [
      {
        name: 'sandbox',
        baseUrl: 'https://sandbox.bankingcircleconnect.com',
        authorizationUrl: 'https://authorizationsandbox.bankingcircleconnect.com',
        credentials: {
          username: undefined,
          usernameFile: '/srv/username',
          password: undefined,
          passwordFile: '/srv/password',
          certificateFile: '/srv/client.pfx',
          certificateKeyFile: undefined,
          certificatePassphrase: undefined,
          certificatePassphraseFile: undefined,
          caFile: undefined,
        },
        listen: { kind: 'tcp', host: '127.0.0.1', port: 8080 },
        allowRemote: false,
        appSecretFile: undefined,
        allowedHosts: [],
        allow: undefined,
        refreshMarginMs: 30_000,
        tokenRequestsPerMinute: 6,
        tokenAtStart: 'now',
        connectTimeoutMs: 5000,
        responseTimeoutMs: 60_000,
        tokenTimeoutMs: 10_000,
        maxConnections: 64,
        keepAliveTimeoutMs: 10_000,
        maxInFlight: 512,
        bodyLimitBytes: 10_485_760,
        replayLimitBytes: 262_144,
        replayTotalBytes: 16_777_216,
      },
    ],
    adminListen: { kind: 'tcp', host: '127.0.0.1', port: 9901 },
    adminAllowRemote: false,
    logLevel: 'info',
    logFormat: 'json',
    tokenCache: { kind: 'memory' },
    drainDelayMs: 0,
    drainTimeoutMs: 25_000,
    outboundProxy: undefined,
  })
})

test('production knows its URLs, which may be set one by one', async (t) => {
  const environment = await loadEnvironment({
    BC_ENVIRONMENT: 'production',
    BC_BASE_URL: 'https://gateway.example:8443/',
  })
  t.match(environment, {
    name: 'production',
    baseUrl: 'https://gateway.example:8443',
    authorizationUrl: 'https://authorization.bankingcircleconnect.com',
  })
})

test('secrets are secrets, and leave the environment once read', async (t) => {
  const env: Record<string, string | undefined> = {
    BC_USERNAME: 'zoe',
    BC_PASSWORD: ' hunter2\n',
    BC_CERTIFICATE_FILE: '/etc/client.pfx',
    BC_CERTIFICATE_PASSPHRASE: 'sesame',
    BC_TOKEN_CACHE: 'rediss://u:p@redis:6380/1',
    HTTPS_PROXY: 'http://u:p@ignored:1',
    https_proxy: 'http://u:p@proxy:3128',
    no_proxy: 'localhost',
    PATH: '/bin',
  }
  const { environments, tokenCache, outboundProxy } = await loadConfiguration({ env })
  const { username, password, certificatePassphrase } = environments[0]?.credentials ?? {}
  t.equal(username?.reveal(), 'zoe')
  t.equal(password?.reveal(), ' hunter2\n', 'not a byte is changed')
  t.equal(certificatePassphrase?.reveal(), 'sesame')
  t.equal(tokenCache.kind === 'redis' && tokenCache.url.reveal(), 'rediss://u:p@redis:6380/1')
  t.equal(outboundProxy?.url.reveal(), 'http://u:p@proxy:3128', 'lower case wins, as in curl')
  t.equal(outboundProxy?.noProxy, 'localhost')
  t.strictSame(Object.keys(env), ['BC_CERTIFICATE_FILE', 'no_proxy', 'PATH'])
})

test('secrets leave the environment of a faulty configuration, too', async (t) => {
  const env: Record<string, string | undefined> = { BC_PASSWORD: 'hunter2' }
  await t.rejects(loadConfiguration({ env }), ConfigurationError)
  t.strictSame(env, {})
})

test('the message tells every fault, with what is wrong and what would be right', async (t) => {
  const error = await errorOf(load({ BC_LOG_LEVEL: 'loud', BC_LISTN: '1', BC_PASSWORD: 'hunter2' }))
  t.equal(
    error.message,
    `The configuration has 3 faults:

BC_LISTN
  wrong: there is no such setting
  right: BC_LISTEN

BC_PASSWORD
  wrong: it is set, and BC_PASSWORD_FILE as well
  right: one of them; BC_PASSWORD_FILE is better: it is read again when it changes

BC_LOG_LEVEL
  wrong: "loud" is none of the choices
  right: one of trace, debug, info, warn, error, fatal, silent
`,
  )
})

test('a fault prints no character that moves a cursor, and no endless value', async (t) => {
  const error = await errorOf(load({ BC_LOG_LEVEL: `\u001b[2J\u202e${'x'.repeat(999)}`, 'BC_\u0007': '' }))
  t.match(error.message, 'BC_\\u{7}\n')
  t.match(error.message, '"\\u{1b}[2J\\u{202e}xxx')
  t.ok(error.message.length < 500)
})

test('the process’s own environment and directory are the default', async (t) => {
  const { faults } = await errorOf(loadConfiguration())
  t.ok(faults.some(({ key }) => key === 'BC_CERTIFICATE_FILE'))
})

test('the admin listener can be found without the rest of the configuration', async (t) => {
  t.strictSame(await loadAdminListen({ env: {} }), { kind: 'tcp', host: '127.0.0.1', port: 9901 })
  const env = { BC_ADMIN_LISTEN: 'sidecar:9901', BC_LOG_LEVEL: 'loud', BC_PASSWORD: 'hunter2' }
  t.strictSame(await loadAdminListen({ env }), { kind: 'tcp', host: 'sidecar', port: 9901 })
  t.notOk('BC_PASSWORD' in env)
  const faulty = await errorOf(loadAdminListen({ env: { BC_ADMIN_LISTEN: '9901' } }))
  t.match(faulty.faults, [{ key: 'BC_ADMIN_LISTEN' }])
  const dir = t.testdir({ 'a.yaml': 'adminListen: unix:/run/admin.sock\nenvironments: { sandbox: {} }' })
  t.strictSame(await loadAdminListen({ env: {}, file: 'a.yaml', cwd: dir }), {
    kind: 'unix',
    path: '/run/admin.sock',
  })
  const missing = await errorOf(loadAdminListen({ env: {}, file: 'b.yaml', cwd: dir }))
  t.match(missing.faults, [{ key: `${dir}/b.yaml`, problem: 'there is no such file' }])
})

test('a setting that is there but empty counts as not set', async (t) => {
  const empty = {
    BC_PASSWORD: '',
    BC_LISTEN: '',
    BC_CONFIG_FILE: '',
    BC_ALLOW: '',
    https_proxy: '',
    HTTPS_PROXY: '',
  }
  t.strictSame(await load(empty), await loadConfiguration({ env: soundVariables(), cwd: '/srv' }))
})
