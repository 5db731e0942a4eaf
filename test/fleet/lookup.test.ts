import type { LookupAddress } from 'node:dns'
import { test } from 'tap'
import { createLookup } from '../../src/fleet/lookup.ts'

type Answer = [NodeJS.ErrnoException | null, string | LookupAddress[], number?]

test('a name that hangs is asked for once at a time, and again when that has ended', async (t) => {
  const addresses = [{ address: '127.0.0.1', family: 4 }]
  const pending: ((error: NodeJS.ErrnoException | null, all: LookupAddress[]) => void)[] = []
  const lookup = createLookup((_, __, callback) => void pending.push(callback))
  const ask = (all: boolean): Promise<Answer> =>
    new Promise((resolve) => lookup('redis', { all }, (...answer) => resolve(answer as Answer)))
  const both = Promise.all([ask(true), ask(false)])
  t.equal(pending.length, 1)
  pending[0]?.(null, addresses)
  t.strictSame(await both, [
    [null, addresses],
    [null, '127.0.0.1', 4],
  ])
  const failed = ask(true)
  t.equal(pending.length, 2)
  pending[1]?.(new Error('ENOTFOUND'), [])
  t.match(await failed, [{ message: 'ENOTFOUND' }])
})
