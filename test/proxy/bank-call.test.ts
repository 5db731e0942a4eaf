import { type Test, test } from 'tap'
import type { Dispatcher } from 'undici'
import { BankCall } from '../../src/proxy/bank-call.ts'
import type { CallOwner, HeldAnswer } from '../../src/proxy/call-owner.ts'
import { type ExchangeParts, openExchange } from '../../src/proxy/exchange.ts'

/** A call whose connection, app and owner only write down what they are told. */
function rig(t: Test) {
  const written: unknown[][] = []
  const response = { writeHead: (...head: unknown[]) => void written.push(head), end: () => undefined }
  const request = { method: 'POST', complete: true }
  const exchange = openExchange({
    request,
    response,
    head: {},
    draining: () => false,
  } as unknown as ExchangeParts)
  exchange.session = { tokens: { holds: () => true } } as unknown as NonNullable<typeof exchange.session>
  exchange.token = { authorization: 'Bearer t' }
  const told: string[] = []
  let held: HeldAnswer | undefined
  const owner: CallOwner = {
    started: () => void told.push('started'),
    patienceMs: () => 1,
    answering: () => true,
    mayReplay: () => true,
    hold: (answer) => {
      held = answer
    },
    stale: () => void told.push('stale'),
    failed: () => void told.push('failed'),
    blocked: () => void told.push('blocked'),
    brokenOff: () => void told.push('brokenOff'),
    ended: () => void told.push('ended'),
  }
  const aborted: string[] = []
  const controller = {
    abort: (error: Error) => void aborted.push(error.message),
    pause: () => undefined,
    resume: () => undefined,
    rawHeaders: [],
  } as unknown as Dispatcher.DispatchController
  const call = new BankCall(exchange, owner)
  call.onRequestStart(controller)
  t.same(told, ['started'])
  return { call, controller, told, aborted, written, held: () => held as HeldAnswer }
}

test('a request that undici starts once more is not sent twice', async (t) => {
  const { call, controller, told, aborted } = rig(t)
  call.onRequestStart(controller)
  t.same(aborted, ['a request is never sent twice'])
  t.same(told, ['started'])
})

test('a discarded answer is read for its connection’s sake, but not for ever', async (t) => {
  const { call, controller, told, aborted, held } = rig(t)
  call.onResponseStart(controller, 401, {})
  held().drop()
  call.onResponseData(controller, Buffer.alloc(65_536))
  t.same(aborted, [])
  call.onResponseData(controller, Buffer.alloc(1))
  t.same(aborted, ['a discarded answer is too long'])
  call.onResponseError(controller, new Error('aborted'))
  t.same(told, ['started'], 'its owner has gone on')
})

test('a held answer whose connection was lost is passed on no more', async (t) => {
  const { call, controller, told, written, held } = rig(t)
  call.onResponseStart(controller, 401, {})
  call.onResponseError(controller, new Error('reset'))
  held().passOn()
  held().drop()
  call.onResponseError(controller, new Error('again'))
  t.same(written, [])
  t.same(told, ['started', 'failed'])
})

test('a reason phrase that Node.js would not write is left out', async (t) => {
  for (const [given, kept] of [
    ['As The Bank Says', 'As The Bank Says'],
    ['caf\u00e9', ''],
    [undefined, ''],
  ] as const) {
    const { call, controller, written } = rig(t)
    call.onResponseStart(controller, 200, {}, given)
    t.same(written, [[200, kept, []]])
  }
})
