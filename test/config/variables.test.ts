import { test } from 'tap'
import { faultsOf, load } from './harness.ts'

test('a variable that is no setting is a fault, with the name that was probably meant', async (t) => {
  const table: ReadonlyArray<readonly [name: string, meant: string | undefined]> = [
    ['BC_LISTN', 'BC_LISTEN'],
    ['BC_USER', 'BC_USERNAME'],
    ['BC_PASSWORT', 'BC_PASSWORD'],
    ['BC_PASSPHRASE', 'BC_CERTIFICATE_PASSPHRASE'],
    ['BC_ALLOW_HOSTS', 'BC_ALLOWED_HOSTS'],
    ['BC_REFRESH_MARGIN', 'BC_REFRESH_MARGIN_MS'],
    ['BC_LISTEN_FILE', 'BC_LISTEN'],
    ['BC_baseUrl', 'BC_BASE_URL'],
    ['BC_CONFIG', 'BC_CONFIG_FILE'],
    ['BC_ENVIRONMENT_NAME', 'BC_ENVIRONMENT'],
    ['BC_', undefined],
    ['BC_FRUIT_BASKET', undefined],
  ]
  for (const [name, meant] of table) {
    const remedy = meant ?? 'a setting that bc-sidecar has, or no such variable'
    t.strictSame(await faultsOf({ [name]: '' }), [{ key: name, problem: 'there is no such setting', remedy }])
  }
})

test('what Kubernetes sets for Services called bc, bc-sidecar and bc-listen is no fault', async (t) => {
  for (const service of ['BC', 'BC_SIDECAR', 'BC_LISTEN', 'BC_ADMIN_LISTEN_2']) {
    await t.resolves(
      load({
        [`${service}_SERVICE_HOST`]: '10.0.0.11',
        [`${service}_SERVICE_PORT`]: '8080',
        [`${service}_SERVICE_PORT_HTTP_ADMIN`]: '8080',
        [`${service}_PORT`]: 'tcp://10.0.0.11:8080',
        [`${service}_PORT_8080_TCP`]: 'tcp://10.0.0.11:8080',
        [`${service}_PORT_8080_TCP_PROTO`]: 'tcp',
        [`${service}_PORT_8080_TCP_PORT`]: '8080',
        [`${service}_PORT_8080_TCP_ADDR`]: '10.0.0.11',
        [`${service}_PORT_53_UDP`]: 'udp://10.0.0.11:53',
      }),
      service,
    )
  }
})

test('a variable that only resembles those of Kubernetes is a fault', async (t) => {
  const names = {
    BC_PORT: '8080',
    BC_ADMIN_PORT: '',
    BC_LISTEN_PORT: '127.0.0.1:8080',
    BC_X_SERVICE_HOSTS: '10.0.0.1',
    BC_X_PORT_8080_HTTP: 'tcp://10.0.0.1:8080',
    BC_X_PORT_TCP: 'tcp://10.0.0.1:8080',
    BC_SERVICE: '10.0.0.1',
  }
  t.strictSame(
    (await faultsOf(names)).map(({ key }) => key),
    Object.keys(names),
  )
})

test('variables of others are nobody’s business', async (t) => {
  await t.resolves(load({ BCD: '1', bc_listen: '1', ABC_LISTEN: '1', PATH: '', BC_PORT: undefined }))
})
