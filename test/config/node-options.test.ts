import { test } from 'tap'
import { faultsOf, load } from './harness.ts'

test('an inspector and other holes in NODE_OPTIONS refuse the start', async (t) => {
  const table = [
    '--inspect',
    '--inspect=0.0.0.0:9229',
    '--inspect-brk',
    '--inspect-wait=9229',
    '--inspect-port=1',
    '--inspect_brk',
    '--debug-port=1',
    '"--inspect"',
    '--max-old-space-size=64 --require "./a b.js"  --inspect',
    '--tls-keylog=/tmp/keys',
    '--insecure-http-parser',
    '--tls-min-v1.0',
    '--tls-min-v1.1',
    '--trace-tls',
    '--heapsnapshot-signal=SIGUSR2',
    '--heapsnapshot-near-heap-limit=1',
    '--report-on-signal',
    '--report-on-fatalerror',
    '--report_uncaught_exception',
    '--abort-on-uncaught-exception',
  ]
  for (const options of table) {
    t.match(await faultsOf({ NODE_OPTIONS: options }), [{ key: 'NODE_OPTIONS' }], options)
  }
})

test('other options of Node.js are fine', async (t) => {
  await t.resolves(
    load({
      NODE_OPTIONS:
        '--max-old-space-size=64 --title=--inspected --no-warnings --tls-min-v1.3 --report-exclude-env',
    }),
  )
})

test('only what really turns verification off is refused', async (t) => {
  t.match(await faultsOf({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }), [{ key: 'NODE_TLS_REJECT_UNAUTHORIZED' }])
  await t.resolves(load({ NODE_TLS_REJECT_UNAUTHORIZED: '1' }))
})
