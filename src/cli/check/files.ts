import { stat } from 'node:fs/promises'
import { readAppSecret } from '../../credentials/app-secret.ts'
import type { NamedFile } from '../../credentials/file-format.ts'
import { checkedUsername, loginText } from '../../credentials/login-text.ts'
import { readWhole } from '../../credentials/read-file.ts'
import { type CredentialSources, type FileRole, filesOf, type SourceFile } from '../../credentials/sources.ts'
import { credentialAdvice } from './credential-advice.ts'
import { type Advice, type Finding, failed, ok, warning } from './finding.ts'

export interface FilesOptions {
  readonly credentials: CredentialSources
  readonly appSecretFile?: string | undefined
}

/** Whether each file is there, may be read, and by whom else; user name and password are looked at, too. */
export async function checkFiles(options: FilesOptions): Promise<Finding> {
  const { credentials, appSecretFile } = options
  const files = filesOf(credentials)
  const readings = [
    ...files.filter(({ role }) => !isLogin(role)).map(read),
    readLogin('user name', credentials.username, fileOf(files, 'username')).then(checkedUsername),
    readLogin('password', credentials.password, fileOf(files, 'password')),
    ...(appSecretFile === undefined ? [] : [readAppSecret(appSecretFile)]),
  ]
  const faults = (await Promise.all(readings.map(faultOf))).flat()
  if (faults.length > 0) return failed('not every file can be used', joined(faults))
  const open = await openToAll([
    ...files.filter((file) => isSecret(file.role, credentials)).map(({ path }) => path),
    ...(appSecretFile === undefined ? [] : [appSecretFile]),
  ])
  const count = files.length + (appSecretFile === undefined ? 0 : 1)
  const found = `${count} ${count === 1 ? 'file' : 'files'} read`
  return open.length === 0 ? ok(found) : warning(found, openAdvice(open))
}

function isLogin(role: FileRole): boolean {
  return role === 'username' || role === 'password'
}

function fileOf(files: readonly SourceFile[], wanted: FileRole): SourceFile | undefined {
  return files.find(({ role }) => role === wanted)
}

async function read({ name, path }: SourceFile): Promise<NamedFile> {
  return { name, bytes: await readWhole({ name, path }) }
}

async function readLogin(
  kind: string,
  value: CredentialSources['username'],
  file: SourceFile | undefined,
): Promise<ReturnType<typeof loginText>> {
  return loginText({ kind, value, file: file && (await read(file)) })
}

async function faultOf(reading: Promise<unknown>): Promise<Advice[]> {
  try {
    await reading
    return []
  } catch (error) {
    return [credentialAdvice(error)]
  }
}

function joined(faults: readonly Advice[]): Advice {
  const cures = new Set(faults.map(({ cure }) => cure))
  return { cause: faults.map(({ cause }) => cause).join('; '), cure: [...cures].join('; ') }
}

/** A certificate without its key is public. */
function isSecret(role: FileRole, { certificateKeyFile }: CredentialSources): boolean {
  if (role === 'ca') return false
  return role !== 'certificate' || certificateKeyFile === undefined
}

async function openToAll(paths: readonly string[]): Promise<string[]> {
  const open = await Promise.all(paths.map(async (path) => ((await stat(path)).mode & 0o004) !== 0))
  return paths.filter((_, index) => open[index])
}

function openAdvice(paths: readonly string[]): Advice {
  const cure = 'chmod 640 (in Kubernetes, defaultMode: 0440), with the group that bc-sidecar runs as'
  return { cause: `every user of this machine may read ${paths.join(', ')}`, cure }
}
