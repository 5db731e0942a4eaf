import { X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { test } from 'tap'
import { sharedDir, startWithClient, text } from './bank-client.ts'

test('the token endpoint, with the right user and password', async (t) => {
  const dir = t.testdir()
  let now = Date.now()
  const { login, call } = await startWithClient(t, dir, { now: () => now, tokenTtlSeconds: 240 })
  const thumbprint = new X509Certificate(text(dir, 'client.pem')).fingerprint.replaceAll(':', '')

  await t.test('gives a token for the presented certificate, and its lifetime as a string', async (t) => {
    const answer = await login()
    t.match(answer, {
      status: 200,
      headers: { 'bc-simulator': 'true', 'content-type': /^application\/json/ },
    })
    t.strictSame(Object.keys(answer.json), ['access_token', 'expires_in'])
    t.equal(answer.json.expires_in, '240')
    t.match(decodeJwt(answer.json.access_token), { thumbprint, name: 'API Testuser', userType: '4' })
  })

  await t.test('answers 401 in the bank’s shape to anything else', async (t) => {
    const user = text(dir, 'username')
    const password = text(dir, 'password')
    const encoded = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`
    const wrong = [
      encoded(`${user}:wrong`),
      encoded(`wrong:${password}`),
      encoded(`${user}${password}`),
      encoded(''),
      'Basic',
      'Basic !!!',
      `Bearer ${password}`,
      '',
    ]
    for (const authorization of wrong) {
      const answer = await login({ authorization })
      t.match(answer, { status: 401, json: [{ errorCode: String, errorText: String }] }, authorization)
      t.equal(answer.headers['bc-simulator'], 'true')
    }
    t.equal(
      (await login({ authorization: encoded(`${user}:${password}`).replace('Basic', 'basic ') })).status,
      200,
    )
  })

  await t.test('gives tokens that hold at the API until they expire', async (t) => {
    const authorization = `Bearer ${(await login()).json.access_token}`
    const accounts = () => call('/api/v1/accounts', { headers: { authorization } })
    t.equal((await accounts()).status, 200)
    now += 239_999
    t.equal((await accounts()).status, 200)
    now += 1
    t.match(await accounts(), { status: 401, json: [{ errorCode: 'Unauthorized' }] })
  })
})

test('user name and password are UTF-8', async (t) => {
  const dir = t.testdir()
  const { simulator } = await startWithClient(t, dir)
  await simulator.stop()
  writeFileSync(join(dir, 'password'), 'pässwörd: ✓')
  const { login } = await startWithClient(t, dir)
  t.equal((await login()).status, 200)
  const latin1 = Buffer.from(`${text(dir, 'username')}:pässwörd: ✓`, 'latin1').toString('base64')
  t.equal((await login({ authorization: `Basic ${latin1}` })).status, 401)
})

test('more token requests than the throttle allows in a minute are answered 429, right or wrong', async (t) => {
  let now = Date.now()
  const { login } = await startWithClient(t, sharedDir, { throttlePerMinute: 3, now: () => now })
  const statuses = [await login(), await login({ authorization: 'Basic x' }), await login(), await login()]
  t.strictSame(
    statuses.map(({ status }) => status),
    [200, 401, 200, 429],
  )
  const refused = await login()
  t.match(refused, { status: 429, json: [{ errorCode: 'TooManyRequests' }] })
  t.notOk('retry-after' in refused.headers)
  now += 60_000
  t.equal((await login()).status, 200)
})
