import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePorts, listens, until } from './processes.mjs'

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/**
 * Two sidecars, each with a simulated bank: `expiring`, whose certificate has five days left, and `throttled`, whose
 * bank answers every token request with 429. Gives where their metrics are, and where apps call the first.
 */
export async function startScene(processes, directory) {
  const expiring = await startPair(processes, {
    name: 'expiring',
    directory: join(directory, 'expiring'),
    faults: 'api-reset:1',
    prepare: issueShortLived,
  })
  const throttled = await startPair(processes, {
    name: 'throttled',
    directory: join(directory, 'throttled'),
    faults: 'token-429',
    prepare: () => ({}),
  })
  return { expiring, throttled, certificate: join(directory, 'expiring', 'short.pem') }
}

async function startPair(processes, { name, directory, faults, prepare }) {
  const [bank, authorization, apps, admin] = await freePorts(4)
  const listen = ['--listen', `127.0.0.1:${bank}`, '--authorization-listen', `127.0.0.1:${authorization}`]
  const options = ['--dir', directory, ...listen, '--token-ttl', '6', '--faults', faults]
  processes.start(`bank of ${name}`, process.execPath, [main, 'simulate', ...options])
  const file = (one) => join(directory, one)
  await until(`the bank of ${name} listens`, () => listens(authorization))
  processes.start(name, process.execPath, [main], {
    BC_ENVIRONMENT: name,
    BC_BASE_URL: `https://localhost:${bank}`,
    BC_AUTHORIZATION_URL: `https://localhost:${authorization}`,
    BC_USERNAME_FILE: file('username'),
    BC_PASSWORD_FILE: file('password'),
    BC_CERTIFICATE_FILE: file('client.pem'),
    BC_CERTIFICATE_KEY_FILE: file('client-key.pem'),
    BC_CA_FILE: file('ca.pem'),
    BC_LISTEN: `127.0.0.1:${apps}`,
    BC_ADMIN_LISTEN: `127.0.0.1:${admin}`,
    BC_TOKEN_REQUESTS_PER_MINUTE: '60',
    ...(await prepare(directory)),
  })
  return { apps: `http://127.0.0.1:${apps}`, admin: `127.0.0.1:${admin}` }
}

/** The simulator's own certificates live 90 days. */
async function issueShortLived(directory) {
  const read = (name) => readFileSync(join(directory, name), 'utf8')
  const { generateKeyPair, issueCertificate } = await import('../../src/simulator/certificate.ts')
  const { publicKey, privateKey } = await generateKeyPair()
  const certificate = issueCertificate(publicKey, {
    commonName: 'Five days left',
    days: 5,
    now: Date.now(),
    issuer: { certificate: read('ca.pem'), privateKey: read('ca-key.pem') },
    purpose: { kind: 'client' },
  })
  writeFileSync(join(directory, 'short.pem'), certificate + privateKey)
  return { BC_CERTIFICATE_FILE: join(directory, 'short.pem'), BC_CERTIFICATE_KEY_FILE: '' }
}
