import { test } from 'tap'
import { problems, SidecarError } from '../src/errors.ts'

test('an error carries its code, and says that nothing was sent unless told otherwise', (t) => {
  const plain = new SidecarError('bank_unreachable', 'connection refused')
  t.match(plain, {
    name: 'SidecarError',
    code: 'bank_unreachable',
    requestSent: 'no',
    message: 'connection refused',
  })
  t.equal(plain.retryAfterSeconds, undefined)
  t.notOk('cause' in plain)
  t.end()
})

test('an error keeps its cause, whether the request was sent, and when to try again', (t) => {
  const cause = new Error('ECONNRESET')
  const error = new SidecarError('bank_connection_lost', 'lost', {
    cause,
    requestSent: 'maybe',
    retryAfterSeconds: 3,
  })
  t.match(error, { requestSent: 'maybe', retryAfterSeconds: 3 })
  t.equal(error.cause, cause)
  t.end()
})

test('no code has the status 401: that is the bank’s alone to say', (t) => {
  for (const { status, title } of Object.values(problems)) {
    t.ok(status >= 400 && Number(status) !== 401 && title.length > 0)
  }
  t.end()
})
