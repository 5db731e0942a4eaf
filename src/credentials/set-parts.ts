import type { X509Certificate } from 'node:crypto'
import { SidecarError } from '../errors.ts'
import type { CredentialSet } from './credential-set.ts'
import type { NamedFile } from './file-format.ts'
import { checkedUsername, type LoginText, loginText } from './login-text.ts'
import { readRoots } from './roots.ts'
import type { FileContent, Snapshot } from './snapshot.ts'
import type { CredentialSources, FileRole } from './sources.ts'
import { textFrom } from './text-file.ts'

/** What the files of a set hold, each read for itself. */
export interface SetParts {
  readonly certificate: NamedFile
  readonly key: NamedFile | undefined
  readonly passphrase: string | undefined
  readonly texts: { readonly username: LoginText; readonly password: LoginText }
  readonly roots: readonly X509Certificate[] | undefined
  readonly sizes: CredentialSet['files']
}

/** Rejects with certificate_unusable for the first file that is not sound. */
export async function partsFrom(sources: CredentialSources, { files }: Snapshot): Promise<SetParts> {
  const file = (role: FileRole): NamedFile | undefined => {
    const found = files.get(role)
    return found && readable(found)
  }
  const certificate = readable(files.get('certificate') as FileContent)
  const key = file('key')
  const passphrase = file('passphrase')
  const username = loginText({ kind: 'user name', value: sources.username, file: file('username') })
  const password = loginText({ kind: 'password', value: sources.password, file: file('password') })
  const ca = file('ca')
  return {
    certificate,
    key,
    passphrase: passphrase
      ? textFrom(passphrase.name, passphrase.bytes)
      : sources.certificatePassphrase?.reveal(),
    texts: { username: checkedUsername(username), password },
    roots: ca && (await readRoots(ca)),
    sizes: [...files].map(([role, found]) => ({
      role,
      path: found.path,
      sizeBytes: readable(found).bytes.length,
    })),
  }
}

function readable({ name, content }: FileContent): NamedFile {
  if (content instanceof SidecarError) throw content
  return { name, bytes: content }
}
