import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { CredentialSources } from '../../src/credentials/sources.ts'

export type Contents = Partial<
  Record<'certificate' | 'key' | 'passphrase' | 'username' | 'password' | 'ca', string | Buffer>
>

export interface CredentialDirectory {
  readonly path: string
  readonly sources: CredentialSources
  /** Writes in place, one file after another. */
  readonly write: (contents: Contents) => void
  /** Writes beside, then renames over. */
  readonly rename: (contents: Contents) => void
  readonly remove: (role: keyof Contents) => void
}

/** A directory with files of credentials; key, passphrase and CA files are named only when they are given. */
export function credentialDirectory(t: Test, contents: Contents): CredentialDirectory {
  const path = t.testdir({})
  return credentialDirectoryAt(path, contents)
}

export function credentialDirectoryAt(path: string, contents: Contents): CredentialDirectory {
  const all: Contents = { username: 'someone', password: 'hunter2', ...contents }
  const fileOf = (role: keyof Contents): string => join(path, role)
  const given = (role: keyof Contents): string | undefined => (role in all ? fileOf(role) : undefined)
  const write = (some: Contents): void => {
    for (const [role, content] of entriesOf(some)) writeFileSync(fileOf(role), content)
  }
  write(all)
  return {
    path,
    sources: {
      certificateFile: fileOf('certificate'),
      certificateKeyFile: given('key'),
      certificatePassphraseFile: given('passphrase'),
      usernameFile: fileOf('username'),
      passwordFile: fileOf('password'),
      caFile: given('ca'),
    },
    write,
    rename: (some) => {
      for (const [role, content] of entriesOf(some)) {
        writeFileSync(`${fileOf(role)}.new`, content)
        renameSync(`${fileOf(role)}.new`, fileOf(role))
      }
    },
    remove: (role) => rmSync(fileOf(role), { recursive: true, force: true }),
  }
}

function entriesOf(contents: Contents): Array<[keyof Contents, string | Buffer]> {
  return Object.entries(contents) as Array<[keyof Contents, string | Buffer]>
}
