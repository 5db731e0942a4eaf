import { test } from 'tap'
import { ConfigurationError } from '../../src/config/fault.ts'
import { settings } from '../../src/config/settings.ts'
import { faultsOf, load, loadEnvironment } from './harness.ts'

const ranges: ReadonlyArray<readonly [variable: string, min: number, max: number]> = [
  ['BC_REFRESH_MARGIN_MS', 0, 86_400_000],
  ['BC_TOKEN_REQUESTS_PER_MINUTE', 1, 100_000],
  ['BC_CONNECT_TIMEOUT_MS', 1, 86_400_000],
  ['BC_RESPONSE_TIMEOUT_MS', 1, 86_400_000],
  ['BC_TOKEN_TIMEOUT_MS', 1, 86_400_000],
  ['BC_MAX_CONNECTIONS', 1, 65_535],
  ['BC_KEEP_ALIVE_TIMEOUT_MS', 1, 86_400_000],
  ['BC_MAX_IN_FLIGHT', 1, 65_535],
  ['BC_BODY_LIMIT_BYTES', 1, 17_179_869_184],
  ['BC_REPLAY_TOTAL_BYTES', 0, 17_179_869_184],
  ['BC_DRAIN_DELAY_MS', 0, 86_400_000],
  ['BC_DRAIN_TIMEOUT_MS', 0, 86_400_000],
]

test('numbers are whole, in digits, and in their range', async (t) => {
  for (const [variable, min, max] of ranges) {
    for (const text of [`${min}`, `${max}`, `0${min}`]) await t.resolves(load({ [variable]: text }))
    for (const text of [
      `${min - 1}`,
      `${max + 1}`,
      '9'.repeat(400),
      '5s',
      '1e3',
      '0x10',
      '1.0',
      '+1',
      ' 1',
      'NaN',
    ]) {
      const [fault, ...others] = await faultsOf({ [variable]: text })
      t.equal(fault?.key, variable)
      t.match(fault?.remedy, `from ${min} to ${max}`)
      t.strictSame(others, [], `${variable}=${text}`)
    }
  }
  t.equal((await loadEnvironment({ BC_MAX_IN_FLIGHT: '0020' })).maxInFlight, 20)
  t.equal((await loadEnvironment({ BC_REPLAY_LIMIT_BYTES: '0' })).replayLimitBytes, 0)
})

test('the moment of the first token is a word or a number', async (t) => {
  for (const [text, value] of [
    ['now', 'now'],
    ['never', 'never'],
    ['0', 0],
    ['30000', 30_000],
  ] as const) {
    t.equal((await loadEnvironment({ BC_TOKEN_AT_START: text })).tokenAtStart, value)
  }
  for (const text of ['Now', '-1', '86400001', '1s', 'later']) {
    t.match(await faultsOf({ BC_TOKEN_AT_START: text }), [
      { key: 'BC_TOKEN_AT_START', problem: /is no moment|too large/, remedy: /now, never, or/ },
    ])
  }
})

test('booleans are true or false', async (t) => {
  t.equal((await loadEnvironment({ BC_ALLOW_REMOTE: 'true' })).allowRemote, true)
  t.equal((await loadEnvironment({ BC_ALLOW_REMOTE: 'false' })).allowRemote, false)
  for (const text of ['1', 'yes', 'TRUE', 'true ']) {
    t.match(await faultsOf({ BC_ALLOW_REMOTE: text }), [{ problem: `"${text}" is neither true nor false` }])
  }
})

test('choices are those of the interface', async (t) => {
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']) {
    t.equal((await load({ BC_LOG_LEVEL: level })).logLevel, level)
  }
  t.equal((await load({ BC_LOG_FORMAT: 'pretty' })).logFormat, 'pretty')
  t.match(await faultsOf({ BC_LOG_LEVEL: 'INFO', BC_LOG_FORMAT: 'text' }), [
    { key: 'BC_LOG_LEVEL', remedy: /trace, debug/ },
    { key: 'BC_LOG_FORMAT', remedy: 'one of json, pretty' },
  ])
})

test('environments have plain names', async (t) => {
  for (const name of ['a', 'Sandbox-2', 'eu.production_1']) {
    const urls = { BC_BASE_URL: 'https://a.example', BC_AUTHORIZATION_URL: 'https://b.example' }
    t.equal((await loadEnvironment({ BC_ENVIRONMENT: name, ...urls })).name, name)
  }
  for (const name of ['a b', '-a', 'a/b', '__proto__', 'ä', 'x'.repeat(64)]) {
    t.match(await faultsOf({ BC_ENVIRONMENT: name }), [
      { key: 'BC_ENVIRONMENT', problem: /is not a plain name/ },
    ])
  }
})

test('every setting refuses some text, but for those that take any', async (t) => {
  const anyText = settings.filter(({ expects }) => /^(text|the path)/.test(expects))
  for (const { variable } of settings) {
    if (anyText.some((setting) => setting.variable === variable)) continue
    const loading = load({ [variable]: '\u0001 no such thing' })
    await t.rejects(loading, ConfigurationError, variable)
  }
})
