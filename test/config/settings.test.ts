import { readFile } from 'node:fs/promises'
import { test } from 'tap'
import { loadConfiguration } from '../../src/config/load.ts'
import { type Setting, settings } from '../../src/config/settings.ts'
import { load } from './harness.ts'

const example = new URL('../../config/sidecar.yaml', import.meta.url)

test('the settings are those of the interface', (t) => {
  const variables = `BC_ENVIRONMENT BC_BASE_URL BC_AUTHORIZATION_URL BC_USERNAME BC_USERNAME_FILE BC_PASSWORD
    BC_PASSWORD_FILE BC_CERTIFICATE_FILE BC_CERTIFICATE_KEY_FILE BC_CERTIFICATE_PASSPHRASE BC_CERTIFICATE_PASSPHRASE_FILE
    BC_CA_FILE BC_LISTEN BC_ADMIN_LISTEN BC_ALLOW_REMOTE BC_ADMIN_ALLOW_REMOTE BC_APP_SECRET_FILE BC_ALLOWED_HOSTS BC_ALLOW
    BC_REFRESH_MARGIN_MS BC_TOKEN_REQUESTS_PER_MINUTE BC_TOKEN_AT_START BC_CONNECT_TIMEOUT_MS BC_RESPONSE_TIMEOUT_MS
    BC_TOKEN_TIMEOUT_MS BC_MAX_CONNECTIONS BC_KEEP_ALIVE_TIMEOUT_MS BC_MAX_IN_FLIGHT BC_BODY_LIMIT_BYTES
    BC_REPLAY_LIMIT_BYTES BC_REPLAY_TOTAL_BYTES BC_DRAIN_DELAY_MS BC_DRAIN_TIMEOUT_MS BC_TOKEN_CACHE BC_LOG_LEVEL
    BC_LOG_FORMAT HTTPS_PROXY NO_PROXY BC_CONFIG_FILE`
  t.strictSame(settings.map(({ variable }) => variable).sort(), variables.split(/\s+/).sort())
  t.end()
})

test('a variable is its key in capitals', (t) => {
  for (const { variable, key } of settings) {
    if (key !== undefined) t.equal(variable, `BC_${key.replace(/[A-Z]/g, '_$&').toUpperCase()}`)
  }
  t.end()
})

test('every setting is described in a line, and every default is a value that is taken', async (t) => {
  for (const { variable, description, expects, default: fallback } of settings) {
    t.match(description, /^.{10,110}[^.]$/, variable)
    t.not(expects, '')
    const isValue = fallback !== undefined && !/environment's|everything|bundled/.test(fallback)
    if (isValue) await t.resolves(load({ [variable]: fallback }), variable)
  }
})

test('the shipped file is sound, and works with the simulator’s files', async (t) => {
  const { environments } = await loadConfiguration({ env: {}, file: example.pathname })
  const directory = new URL('simulator/', example).pathname
  t.match(environments, [
    {
      baseUrl: 'https://localhost:9443',
      authorizationUrl: 'https://localhost:9444',
      listen: { port: 8080 },
      credentials: {
        usernameFile: `${directory}username`,
        passwordFile: `${directory}password`,
        certificateFile: `${directory}client.pfx`,
        certificatePassphraseFile: `${directory}passphrase`,
        caFile: `${directory}ca.pem`,
      },
    },
  ])
})

test('the shipped file has every setting, with its default', async (t) => {
  const text = await readFile(example, 'utf8')
  for (const setting of settings.filter(({ key }) => key !== undefined)) {
    const lines = text.match(new RegExp(`^ *(# )?${setting.key}:.*$|\`${setting.key}:`, 'gm')) ?? []
    t.not(lines.length, 0, setting.variable)
    const [first = ''] = lines
    if (hasValue(setting)) t.equal(first.replace(/^[ #]*/, ''), `${setting.key}: ${setting.default || '[]'}`)
  }
})

/** The defaults of the others are words for something. */
function hasValue({ default: fallback, scope, variable }: Setting): boolean {
  return fallback !== undefined && scope !== 'variable only' && !/_URL$|BC_ALLOW$|BC_CA_FILE/.test(variable)
}

test('the shipped file is sound with everything in it', async (t) => {
  const text = await readFile(example, 'utf8')
  const whole = text.replace(/^( *)# (?=([a-z]\w*:( \S+)?$| {2}.*$))/gm, '$1')
  const dir = t.testdir({ 'sidecar.yaml': whole })
  const { environments } = await loadConfiguration({ env: {}, file: 'sidecar.yaml', cwd: dir })
  t.match(environments, [
    { name: 'simulator', appSecretFile: `${dir}/app-secret` },
    { name: 'production', listen: { port: 8081 } },
  ])
  t.equal(environments[0]?.allow?.length, 4)
})
