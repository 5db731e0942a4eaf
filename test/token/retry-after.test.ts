import fc from 'fast-check'
import { test } from 'tap'
import { retryAfterSeconds } from '../../src/token/retry-after.ts'

const wallNow = Date.UTC(2026, 0, 1, 12)
const hour = 'Thu, 01 Jan 2026 12:00:30 GMT'

test('Retry-After comes in seconds or as a date', async (t) => {
  const rows: [string | string[] | undefined, number | undefined][] = [
    ['0', 0],
    ['7', 7],
    [' 7 ', 7],
    [['7', '9'], 7],
    ['7200', 7200],
    ['86401', 86_400],
    ['9'.repeat(400), 86_400],
    [hour, 30],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['Fri, 02 Jan 2026 11:59:59 GMT', 86_399],
    ['Sat, 02 Jan 2038 12:00:00 GMT', 86_400],
    [undefined, undefined],
    ['', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['soon GMT', undefined],
    ['2026-01-01T12:00:30Z', undefined],
  ]
  for (const [text, expected] of rows) {
    t.equal(retryAfterSeconds({ 'retry-after': text }, wallNow), expected, String(text))
  }
})

test('a date is compared with the clock of the one who said it', async (t) => {
  const headers = { 'retry-after': hour, date: 'Thu, 01 Jan 2026 12:00:10 GMT' }
  t.equal(retryAfterSeconds(headers, wallNow - 7_200_000), 20)
  t.equal(retryAfterSeconds({ ...headers, date: 'nonsense' }, wallNow), 30)
})

test('whatever it says, it asks for no more than a day', async () => {
  const text = fc.oneof(
    fc.string(),
    fc.nat().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  )
  fc.assert(
    fc.property(text, text, (said, date) => {
      const seconds = retryAfterSeconds({ 'retry-after': said, date }, wallNow)
      return seconds === undefined || (Number.isInteger(seconds) && seconds >= 0 && seconds <= 86_400)
    }),
  )
})
