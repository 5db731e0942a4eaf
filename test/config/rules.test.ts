import { test } from 'tap'
import { loadConfiguration } from '../../src/config/load.ts'
import { errorOf, faultsOf, load, loadEnvironment } from './harness.ts'

test('user name, password and certificate are required', async (t) => {
  const { faults } = await errorOf(loadConfiguration({ env: {} }))
  t.match(faults, [
    { key: 'BC_CERTIFICATE_FILE', problem: 'it is not set' },
    { key: 'BC_USERNAME', problem: 'it is not set', remedy: /^BC_USERNAME_FILE/ },
    { key: 'BC_PASSWORD', problem: 'it is not set', remedy: /^BC_PASSWORD_FILE/ },
  ])
  t.equal(faults.length, 3)
})

test('a secret is given in one form only', async (t) => {
  const both = { BC_USERNAME: 'zoe', BC_PASSWORD: 'hunter2', BC_CERTIFICATE_PASSPHRASE: 'sesame' }
  t.match(await faultsOf({ ...both, BC_CERTIFICATE_PASSPHRASE_FILE: 'passphrase' }), [
    { key: 'BC_USERNAME', problem: 'it is set, and BC_USERNAME_FILE as well' },
    { key: 'BC_PASSWORD', problem: 'it is set, and BC_PASSWORD_FILE as well' },
    { key: 'BC_CERTIFICATE_PASSPHRASE', problem: 'it is set, and BC_CERTIFICATE_PASSPHRASE_FILE as well' },
  ])
})

test('a body that is kept has to fit into the total', async (t) => {
  const limits = { BC_REPLAY_LIMIT_BYTES: '1001', BC_REPLAY_TOTAL_BYTES: '1000' }
  t.match(await faultsOf(limits), [
    { key: 'BC_REPLAY_LIMIT_BYTES', problem: /1001 bytes .* 1000$/, remedy: 'at most BC_REPLAY_TOTAL_BYTES' },
  ])
  t.match(await faultsOf({ BC_REPLAY_LIMIT_BYTES: '16777217' }), [{ key: 'BC_REPLAY_LIMIT_BYTES' }])
  await t.resolves(load({ ...limits, BC_REPLAY_LIMIT_BYTES: '1000' }))
  t.match(await faultsOf({ ...limits, BC_REPLAY_TOTAL_BYTES: 'x' }), [{ key: 'BC_REPLAY_TOTAL_BYTES' }])
  t.match(await faultsOf({ ...limits, BC_REPLAY_LIMIT_BYTES: 'x' }), [{ key: 'BC_REPLAY_LIMIT_BYTES' }])
})

test('a total below the default of the limit is no fault: nobody asked for that limit', async (t) => {
  const { replayLimitBytes, replayTotalBytes } = await loadEnvironment({ BC_REPLAY_TOTAL_BYTES: '0' })
  t.strictSame({ replayLimitBytes, replayTotalBytes }, { replayLimitBytes: 262_144, replayTotalBytes: 0 })
})

test('rules across settings are told together with faulty settings', async (t) => {
  const faults = await faultsOf({
    BC_LISTEN: '0.0.0.0:9901',
    BC_MAX_IN_FLIGHT: 'many',
    BC_USERNAME: 'zoe',
    BC_ADMIN_LISTEN: '0.0.0.0:9901',
    HTTPS_PROXY: 'proxy',
    NODE_OPTIONS: '--inspect',
    BC_TYPO: '1',
  })
  t.strictSame(
    faults.map(({ key }) => key),
    [
      'NODE_OPTIONS',
      'BC_TYPO',
      'BC_MAX_IN_FLIGHT',
      'BC_LISTEN',
      'BC_USERNAME',
      'BC_ADMIN_LISTEN',
      'BC_ADMIN_LISTEN',
      'HTTPS_PROXY',
    ],
  )
})
