import { randomBytes } from 'node:crypto'
import { issueAuthority, issueCertificate, type KeyPair } from './certificate.ts'
import { createPfx } from './pfx.ts'

/** The files that a bank's customer is handed, and `ca-key.pem`, by which the next start knows its own set. */
export const fileNames = [
  'ca-key.pem',
  'ca.pem',
  'client-key.pem',
  'client.pem',
  'client.pfx',
  'client-legacy.pfx',
  'passphrase',
  'username',
  'password',
] as const

export type FileName = (typeof fileNames)[number]

export type CredentialSet = Readonly<Record<FileName, Buffer>>

export interface CredentialSetOptions {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly generateKeys: () => Promise<KeyPair>
}

const authorityDays = 3650
const clientDays = 90

/** A new authority and everything that it gives to its one customer. `client-key.pem` is not encrypted. */
export async function createCredentialSet({
  now,
  generateKeys,
}: CredentialSetOptions): Promise<CredentialSet> {
  const [authorityKeys, clientKeys] = await Promise.all([generateKeys(), generateKeys()])
  // The name differs from set to set, so that no client takes an old authority for the new one.
  const commonName = `bc-sidecar simulator CA ${randomBytes(4).toString('hex')}`
  const ca = issueAuthority(authorityKeys, { commonName, days: authorityDays, now })
  const client = issueCertificate(clientKeys.publicKey, {
    commonName: 'API Testuser',
    days: clientDays,
    now,
    issuer: { certificate: ca, privateKey: authorityKeys.privateKey },
    purpose: { kind: 'client' },
  })
  const passphrase = randomText()
  const content = { certificatePem: client, privateKeyPem: clientKeys.privateKey, passphrase }
  return {
    'ca-key.pem': Buffer.from(authorityKeys.privateKey),
    'ca.pem': Buffer.from(ca),
    'client-key.pem': Buffer.from(clientKeys.privateKey),
    'client.pem': Buffer.from(client),
    'client.pfx': createPfx('modern', content),
    'client-legacy.pfx': createPfx('legacy', content),
    passphrase: Buffer.from(passphrase),
    username: Buffer.from(`simulator-${randomBytes(4).toString('hex')}`),
    password: Buffer.from(randomText()),
  }
}

function randomText(): string {
  return randomBytes(24).toString('base64url')
}
