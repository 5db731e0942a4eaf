import { type FSWatcher, watch as watchDirectory } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface HintOptions {
  /** Files, which need not exist. */
  readonly paths: readonly string[]
  /** Something in one of their directories has changed. */
  readonly hint: () => void
  readonly watch?: (
    path: string,
    options: { persistent: false },
    listener: () => void,
  ) => Pick<FSWatcher, 'close' | 'on'>
}

export interface DirectoryHints {
  /** Watches the directories that are there by now: one that was replaced is another. */
  refresh(): Promise<void>
  close(): void
}

/**
 * Events from the directories that the paths name and from those they lead to: Kubernetes changes a link in the
 * first. Events may stay away (NFS, too few watches left), so they are no more than a hint to look.
 */
export function watchDirectories({ paths, hint, watch = watchDirectory }: HintOptions): DirectoryHints {
  const watchers = new Map<string, Pick<FSWatcher, 'close' | 'on'>>()
  let closed = false
  const stop = (identity: string): void => {
    watchers.get(identity)?.close()
    watchers.delete(identity)
  }
  const start = (identity: string, path: string): void => {
    try {
      const watcher = watch(path, { persistent: false }, hint)
      watchers.set(identity, watcher)
      watcher.on('error', () => stop(identity))
    } catch {
      // The directory is gone again, or there are no watches left: polling sees to it, and the next refresh tries again.
    }
  }
  const refresh = async (): Promise<void> => {
    const present = await directoriesOf(paths)
    if (closed) return
    for (const identity of watchers.keys()) if (!present.has(identity)) stop(identity)
    for (const [identity, path] of present) if (!watchers.has(identity)) start(identity, path)
  }
  const close = (): void => {
    closed = true
    for (const identity of watchers.keys()) stop(identity)
  }
  return { refresh, close }
}

/** By what tells a directory from another that takes its place: inode numbers are used again. */
async function directoriesOf(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const real = await Promise.all(paths.map((path) => realpath(path).catch(() => path)))
  const directories = new Set([...paths, ...real].map((path) => dirname(path)))
  const found = await Promise.all([...directories].map(identify))
  return new Map(found.flat())
}

async function identify(path: string): Promise<Array<[identity: string, path: string]>> {
  try {
    const { dev, ino, birthtimeMs } = await stat(path)
    return [[`${dev}:${ino}:${birthtimeMs}`, path]]
  } catch {
    return []
  }
}
