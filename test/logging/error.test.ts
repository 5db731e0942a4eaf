import { test } from 'tap'
import { describeError } from '../../src/logging/error.ts'

test('an error is told by type, message, code, stack and its causes, and by nothing else', (t) => {
  const cause = Object.assign(new TypeError('socket closed'), {
    code: 'UND_ERR_SOCKET',
    socket: { secret: 1 },
  })
  const error = Object.assign(new Error('lost', { cause }), {
    headers: { authorization: 'x' },
    body: 'y',
    code: 7,
  })
  const told = describeError(error)
  t.same(Object.keys(told), ['type', 'message', 'code', 'stack', 'causes'])
  t.match(told, { type: 'Error', message: 'lost', code: 7, stack: /error\.test/ })
  t.same(told.causes, [{ type: 'TypeError', message: 'socket closed', code: 'UND_ERR_SOCKET' }])
  t.end()
})

test('the errors within an AggregateError are causes, each once, and only so many', (t) => {
  const one = new Error('one')
  const all = new AggregateError([one, one, 'no error', new Error('two', { cause: one })], 'all', {
    cause: one,
  })
  one.cause = all
  t.same(
    describeError(all).causes?.map(({ message }) => message),
    ['one', 'two'],
  )
  const many = new AggregateError(Array.from({ length: 50 }, (_, index) => new Error(String(index))))
  t.equal(describeError(many).causes?.length, 8)
  t.end()
})

test('what is no error, or has no stack, is told as far as it goes', (t) => {
  t.same(describeError('Bearer abc123'), { type: 'string', message: 'Bearer [secret]' })
  t.same(describeError({ authorization: 'x' }), { type: 'object', message: '' })
  const bare = new Error('bare')
  delete bare.stack
  t.same(describeError(Object.assign(bare, { code: {} })), { type: 'Error', message: 'bare' })
  t.end()
})
