import { test } from 'tap'
import { checkOrigin } from '../../src/proxy/origin-check.ts'

test('what no browser sends, or the user typed, is no cross-site request', (t) => {
  for (const fetchSite of [undefined, 'none', 'same-origin']) {
    t.same(checkOrigin({ hasOrigin: false, fetchSite }), { kind: 'ok' })
  }
  t.end()
})

test('any other Sec-Fetch-Site is refused, in whatever spelling', (t) => {
  for (const fetchSite of [
    'cross-site',
    'same-site',
    '',
    'None',
    'same-origin, none',
    'none, none',
    'nonsense',
  ]) {
    t.same(
      checkOrigin({ hasOrigin: false, fetchSite }),
      { kind: 'refused', reason: 'sec-fetch-site' },
      fetchSite,
    )
  }
  t.end()
})

test('any Origin is refused, also beside a Sec-Fetch-Site that would pass', (t) => {
  for (const fetchSite of [undefined, 'none', 'same-origin', 'cross-site']) {
    t.same(checkOrigin({ hasOrigin: true, fetchSite }), { kind: 'refused', reason: 'origin' })
  }
  t.end()
})
