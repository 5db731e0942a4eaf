import { test } from 'tap'
import { type CreateLoggerOptions, createLogger, routeTemplate } from '../src/logging.ts'

function logInto(options: Partial<CreateLoggerOptions> = {}) {
  const written: string[] = []
  const destination = { write: (line: string) => written.push(line), flush: () => written.push('flushed') }
  const logging = createLogger({ level: 'trace', format: 'json', destination, ...options })
  return { ...logging, written, lines: () => written.map((line) => JSON.parse(line)) }
}

test('a line is JSON with an ISO 8601 time and the level as a word', (t) => {
  const { log, lines } = logInto()
  log.warn({ event: 'token_failed', environment: 'sandbox' }, 'token request failed')
  const [line] = lines()
  t.same(Object.keys(line), ['level', 'time', 'event', 'environment', 'msg'])
  t.equal(line.level, 'warn')
  t.equal(new Date(line.time).toISOString(), line.time)
  t.end()
})

test('the level is a bound, and silent says nothing', (t) => {
  const warnings = logInto({ level: 'warn' })
  warnings.log.info('no')
  warnings.log.warn('yes')
  t.equal(warnings.written.length, 1)
  const silent = logInto({ level: 'silent' })
  silent.log.fatal('no')
  t.equal(silent.written.length, 0)
  t.end()
})

test('no field named after a secret is written, at any depth', (t) => {
  const { log, written, lines } = logInto()
  log.info({ authorization: 'hunter2', Cookie: 'hunter2', password: 'hunter2', passphrase: 'hunter2' }, 'top')
  log.info({ token: 'hunter2', body: { a: 'hunter2' }, headers: { accept: 'hunter2' } }, 'top')
  const deep = { list: [{ 'Set-Cookie': 'hunter2', userName: 'hunter2', fine: 1 }, null], at: new Date(0) }
  log.info({ deep, 'bc-sidecar-secret': 'ok only at the top', err: new Error('e') }, 'deep')
  log
    .child({ environment: 'sandbox' })
    .info({ deep: { a: { b: { c: { d: { e: { f: 'hunter2' } } } } } } }, 'too deep')
  t.notMatch(written.join(''), 'hunter2')
  const last = lines()[2]
  t.same(last.deep.list[0], { 'Set-Cookie': '[secret]', userName: '[secret]', fine: 1 })
  t.equal(last.deep.at, '1970-01-01T00:00:00.000Z')
  t.equal(last.err.message, 'e')
  t.end()
})

test('errors are described, and their messages cleaned, wherever they are', (t) => {
  const { log, written, lines } = logInto()
  const error = Object.assign(new Error('Bearer hunter2X refused'), { request: { headers: ['hunter2'] } })
  log.error(error)
  log.error({ err: error })
  log.error({ err: error, environment: 'sandbox' }, 'said %s', 'Bearer hunter2X')
  t.notMatch(written.join(''), 'hunter2')
  t.same(
    lines().map(({ msg }) => msg),
    ['Bearer [secret] refused', 'Bearer [secret] refused', 'said Bearer [secret]'],
  )
  t.equal(lines()[0].err.type, 'Error')
  t.end()
})

test('a line without anything to clean passes unchanged', (t) => {
  const { log, lines } = logInto()
  log.info('plain')
  log.info({ err: null, count: 3 })
  t.match(lines(), [{ msg: 'plain' }, { count: 3 }])
  t.end()
})

test('pretty lines are for people: changes with their facts, requests as one sentence, errors with their stack', (t) => {
  const { log, written } = logInto({ format: 'pretty', color: false })
  log.info({ event: 'token_renewed', environment: 'sandbox', lifetimeMs: 300 }, 'token renewed')
  const request = { event: 'request', environment: 'sandbox', method: 'GET', route: '/api/:id', status: 200 }
  log.info({ ...request, origin: 'bank', durationMs: 3, bankMs: 2, replayed: true, requestId: 'r1' })
  log.info({ ...request, status: 503, origin: 'sidecar', code: 'overloaded', durationMs: 1, requestId: 'r2' })
  const cause = Object.assign(new Error('reset'), { code: 'ECONNRESET' })
  log.error({ err: new Error('broken', { cause: new Error('lost', { cause }) }) }, 'went wrong')
  log.error({ err: 'no error' }, 'went wrong')
  t.match(
    written[0],
    /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: token renewed {2}environment=sandbox {2}lifetimeMs=300\n/,
  )
  t.match(written[1], 'sandbox GET /api/:id → 200 in 3 ms (bank 2 ms) [bank, sent again after 401, r1]')
  t.match(written[2], 'sandbox GET /api/:id → 503 in 1 ms [sidecar, overloaded, r2]')
  t.match(
    written[3],
    /ERROR: went wrong\n +Error: broken\n +at [\s\S]* by Error: lost\n +caused by Error: reset ECONNRESET\n/,
  )
  t.end()
})

test('pretty lines are coloured when told so', (t) => {
  const { log, written, flush } = logInto({ format: 'pretty', color: true })
  log.info('hello')
  log.info({ event: 'x' })
  flush()
  t.match(written[0], '\u001b[')
  t.equal(written.at(-1), 'flushed', 'a destination that can be flushed is')
  t.end()
})

test('the route of a path comes with the logger', (t) => {
  t.equal(routeTemplate('/api/v1/accounts/123'), '/api/v1/accounts/:id')
  t.end()
})
