import { test } from 'tap'
import { noOtherWay } from '../../src/proxy/upstream.ts'

test('nothing goes to the bank that has not come through the checks', async (t) => {
  t.throws(() => noOtherWay.request(), /past the checks/)
})
