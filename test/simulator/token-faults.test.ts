import { request as rawRequest } from 'node:https'
import { decodeJwt } from 'jose'
import { test } from 'tap'
import { faultTable } from '../../src/simulator/faults.ts'
import { basic, identity, sharedDir, startWithClient } from './bank-client.ts'

/** In the order in which the simulator meets them: a list of counted faults is a script. */
const scripted: readonly (readonly [fault: string, expected: object])[] = [
  ['token-500', { status: 500, json: [{ errorCode: 'InternalError' }] }],
  ['token-503', { status: 503 }],
  ['token-429', { status: 429, headers: { 'retry-after': undefined } }],
  ['token-429-retry-after=7', { status: 429, headers: { 'retry-after': '7' } }],
  ['token-429-retry-date=7', { status: 429, headers: { 'retry-after': / GMT$/ } }],
  ['token-rejected', { status: 401, json: [{ errorCode: 'Unauthorized' }] }],
  ['token-rejected=403', { status: 403 }],
  ['token-empty', { status: 200, text: '' }],
  ['token-html', { status: 200, headers: { 'content-type': 'text/html' }, text: /<!doctype html>/ }],
  ['token-redirect', { status: 302, headers: { location: /^\/api/ } }],
  ['token-huge', { status: 200, text: /^\{"access_token":"a{1000}/ }],
]

const shaped: readonly (readonly [fault: string, expected: object])[] = [
  ['token-missing', { access_token: undefined, expires_in: '300' }],
  ['token-blank', { access_token: '', expires_in: '300' }],
  ['token-no-text', { access_token: 42 }],
  ['token-line-break', { access_token: /\r\nx-injected/ }],
  ['token-no-expiry', { access_token: String, expires_in: undefined }],
  ['token-negative-expiry', { access_token: String, expires_in: '-300' }],
  ['token-number-expiry', { access_token: String, expires_in: 300 }],
  ['token-expiry=soon', { access_token: String, expires_in: 'soon' }],
]

const script = (faults: typeof scripted) => faults.map(([fault]) => `${fault}:1`).join()

test('each fault of the token endpoint answers as its name says, once when counted, and then a token', async (t) => {
  const { login } = await startWithClient(t, sharedDir, { faults: script(scripted) })
  for (const [fault, expected] of scripted) {
    const answer = await login()
    t.match(answer, expected, fault)
    t.equal(answer.headers['bc-simulator'], 'true', fault)
  }
  t.equal((await login()).status, 200)
})

test('the huge answer has 10 MB, and would be sound', async (t) => {
  const { login } = await startWithClient(t, sharedDir, { faults: 'token-huge' })
  t.ok((await login()).json.access_token.length > 10_000_000)
})

test('a date in Retry-After lies as many seconds ahead as asked', async (t) => {
  const { login } = await startWithClient(t, sharedDir, { faults: 'token-429-retry-date=60' })
  const ahead = Date.parse(String((await login()).headers['retry-after'])) - Date.now()
  t.ok(ahead > 50_000 && ahead <= 60_000, `${ahead} ms`)
})

test('answers that hold a token, or nearly, are shaped as the fault’s name says', async (t) => {
  const { login } = await startWithClient(t, sharedDir, { faults: script(shaped) })
  for (const [fault, expected] of shaped) t.match(await login(), { status: 200, json: expected }, fault)
})

test('a token with a wrong thumbprint works all the same', async (t) => {
  const { login, call } = await startWithClient(t, sharedDir, { faults: 'token-wrong-thumbprint' })
  const token = (await login()).json.access_token
  t.equal(decodeJwt(token)['thumbprint'], '0'.repeat(40))
  t.equal((await call('/api/v1/accounts', { headers: { authorization: `Bearer ${token}` } })).status, 200)
})

test('a slow token endpoint answers after that time; other faults may follow', async (t) => {
  const { login } = await startWithClient(t, sharedDir, { faults: 'token-slow=60:1,token-500:1' })
  const started = performance.now()
  t.equal((await login()).status, 500)
  t.ok(performance.now() - started >= 59)
  t.equal((await login()).status, 200)
})

test('a lost connection is lost; one that hangs ends with the simulator', async (t) => {
  const { login, simulator } = await startWithClient(t, sharedDir, { faults: 'token-reset:1,token-hang:1' })
  await t.rejects(login(), { code: 'UND_ERR_SOCKET' })
  const hanging = login().catch(({ code }) => code)
  t.equal((await login()).status, 200, 'on another connection, while the first hangs')
  await simulator.stop()
  t.equal(await hanging, 'UND_ERR_SOCKET')
})

test('a trickling answer goes on until the client or the simulator has enough', async (t) => {
  const { simulator } = await startWithClient(t, sharedDir, { faults: 'token-trickle' })
  const url = `${simulator.authorizationUrl}/api/v1/authorizations/authorize`
  const pieces: string[] = []
  const ended = new Promise<string>((resolve) => {
    const options = {
      ...identity(sharedDir),
      headers: { authorization: basic(sharedDir) },
      agent: false,
    } as const
    rawRequest(url, options, (response) => {
      response.setEncoding('utf8')
      response.on('data', (piece) => {
        pieces.push(piece)
        if (pieces.length === 3) void simulator.stop()
      })
      response.on('error', ({ message }) => resolve(message))
    }).end()
  })
  t.equal(await ended, 'aborted')
  t.match(pieces.join(''), /^\{"access_token":"a+$/)
})

test('every token fault of the table is tried above', (t) => {
  const tried = [...scripted, ...shaped].map(([fault]) => fault.split('=')[0])
  const apart = ['token-slow', 'token-hang', 'token-reset', 'token-trickle', 'token-wrong-thumbprint']
  const known = faultTable
    .map(({ name }) => name.split(/[[=]/)[0] ?? '')
    .filter((name) => name.startsWith('token-'))
  t.strictSame(new Set(known), new Set([...tried, ...apart]))
  t.end()
})
