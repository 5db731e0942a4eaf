import type { Secret } from '../secret.ts'

/** Where credentials come from: for each text either its value or a file. Paths are absolute. */
export interface CredentialSources {
  readonly username?: Secret | undefined
  readonly usernameFile?: string | undefined
  readonly password?: Secret | undefined
  readonly passwordFile?: string | undefined
  readonly certificateFile: string
  readonly certificateKeyFile?: string | undefined
  readonly certificatePassphrase?: Secret | undefined
  readonly certificatePassphraseFile?: string | undefined
  readonly caFile?: string | undefined
}

export type FileRole = 'certificate' | 'key' | 'passphrase' | 'username' | 'password' | 'ca'

export interface SourceFile {
  readonly role: FileRole
  readonly path: string
  /** What messages call it. */
  readonly name: string
}

/** The files that make up one set. */
export function filesOf(sources: CredentialSources): readonly SourceFile[] {
  const paths: ReadonlyArray<readonly [role: FileRole, kind: string, path: string | undefined]> = [
    ['certificate', 'certificate file', sources.certificateFile],
    ['key', 'certificate key file', sources.certificateKeyFile],
    ['passphrase', 'certificate passphrase file', sources.certificatePassphraseFile],
    ['username', 'user name file', sources.usernameFile],
    ['password', 'password file', sources.passwordFile],
    ['ca', 'CA file', sources.caFile],
  ]
  return paths.flatMap(([role, kind, path]) =>
    path === undefined ? [] : [{ role, path, name: `${kind} ${path}` }],
  )
}
