import { createHmac } from 'node:crypto'
import { SidecarError } from '../errors.ts'
import { readWhole } from './read-file.ts'
import type { FileRole, SourceFile } from './sources.ts'

/** All files of a set, read together. */
export interface Snapshot {
  /** The same for the same contents, and for nothing else. */
  readonly digest: string
  readonly files: ReadonlyMap<FileRole, FileContent>
}

export interface FileContent {
  readonly name: string
  readonly path: string
  /** Why it could not be read, if it could not. */
  readonly content: Buffer | SidecarError
}

export interface SnapshotOptions {
  readonly files: readonly SourceFile[]
  /** Random, so that a digest tells nothing about a password. */
  readonly digestKey: Uint8Array
}

/** Reads all files once: between two of them, one may have changed. */
export async function readSnapshot({ files, digestKey }: SnapshotOptions): Promise<Snapshot> {
  const entries = await Promise.all(files.map(readEntry))
  const digest = createHmac('sha256', digestKey)
  for (const [role, { content }] of entries) {
    const unread = content instanceof SidecarError
    const bytes = unread ? Buffer.from(content.message) : content
    digest.update(`${role} ${unread} ${bytes.length} `).update(bytes)
  }
  return { digest: digest.digest('hex'), files: new Map(entries) }
}

/** Reads until two readings agree: no file has changed between its two, so all held together in between. */
export async function readStableSnapshot(options: SnapshotOptions, readings = 5): Promise<Snapshot> {
  let last = await readSnapshot(options)
  for (let count = 1; count < readings; count++) {
    const next = await readSnapshot(options)
    if (next.digest === last.digest) break
    last = next
  }
  return last
}

async function readEntry({ role, name, path }: SourceFile): Promise<[FileRole, FileContent]> {
  try {
    return [role, { name, path, content: await readWhole({ name, path }) }]
  } catch (error) {
    return [role, { name, path, content: error as SidecarError }]
  }
}
