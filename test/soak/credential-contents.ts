import type { Authority, Issued } from '../support/pki.ts'
import { type KeyPair, keyPair } from '../support/pki-keys.ts'

export const passphrase = 'open sesame'

/** New credentials, as one file may hold them. */
export interface Contents {
  readonly name: string
  readonly issued: Issued
  readonly bytes: string | Buffer
}

type Make = (number: number) => Promise<Contents>

/** What OpenSSL writes. */
const usual = { iterations: 2048 }

const bundle = ({ chainPem, keyPem }: Issued): string => chainPem + keyPem

/** Every format and key that a set may come in, each time with a new certificate; what is slow to make is made once. */
export async function everyContents(authority: Authority): Promise<readonly Make[]> {
  const below = await authority.intermediate()
  const rsa = { 2048: await keyPair('RSA-2048'), 4096: await keyPair('RSA-4096') }
  // Made once, and not under load: it takes this process seconds.
  const slow = await authority.client({ name: 'slow' })
  const slowPfx = slow.pfx(passphrase, { iterations: 600_000 })
  const kinds: Record<string, (name: string) => Promise<readonly [Issued, string | Buffer]>> = {
    'PEM, P-256': async (name) => pairOf(await authority.client({ name }), bundle),
    'PFX, RSA 2048': (name) => withKey(rsa[2048], name, (issued) => issued.pfx(passphrase, usual)),
    'PFX in RC2': (name) =>
      withKey(rsa[2048], name, (issued) => issued.pfx(passphrase, { ...usual, encryption: 'rc2-40' })),
    'PEM, P-384': async (name) => pairOf(await authority.client({ name, key: 'P-384' }), bundle),
    'PFX with a chain': async (name) =>
      pairOf(await below.client({ name }), (issued) => issued.pfx(passphrase, usual)),
    'PEM, RSA 4096': (name) => withKey(rsa[4096], name, bundle),
    'PFX with 600,000 iterations': async () => [slow, slowPfx],
  }

  function withKey(keys: KeyPair, name: string, write: (issued: Issued) => string | Buffer) {
    return authority.client({ name, keys }).then((issued) => pairOf(issued, write))
  }

  return Object.entries(kinds).map(([name, make]) => async (number) => {
    const [issued, bytes] = await make(`client ${number}`)
    return { name, issued, bytes }
  })
}

function pairOf(
  issued: Issued,
  write: (issued: Issued) => string | Buffer,
): readonly [Issued, string | Buffer] {
  return [issued, write(issued)]
}
