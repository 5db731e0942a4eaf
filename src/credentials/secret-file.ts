import { readAppSecret } from './app-secret.ts'
import { watchFiles } from './file-watch.ts'
import { createKeptValues } from './kept-values.ts'

export interface SecretFileOptions {
  readonly path: string
  /** How long a replaced value stays good. Default 60 s. */
  readonly keepPreviousMs?: number
  /** Default 1 s. */
  readonly pollMs?: number
  /** Monotonic milliseconds. */
  readonly now?: () => number
  /** Called with a sentence when the file cannot be used, and with null when it can again. */
  readonly report?: (problem: string | null) => void
}

export interface SecretFile {
  /** The file has been read once, soundly or not. */
  readonly started: Promise<void>
  /** In constant time. `presented` is the header as Node.js gives it: a character per byte. */
  accepts(presented: string): boolean
  /** What is wrong with the file, if anything; a value read before stays good. */
  problem(): string | null
  /** Reads the file at once. */
  look(): void
  close(): Promise<void>
}

/** A secret that apps show, read again whenever its file changes. Without a sound file it accepts nothing. */
export function createSecretFile(options: SecretFileOptions): SecretFile {
  const { path, keepPreviousMs = 60_000, pollMs = 1_000, now = () => performance.now(), report } = options
  const values = createKeptValues({ keepPreviousMs, now })
  let problem: string | null = null
  let seen: string | null | undefined
  const look = async (urgent: boolean): Promise<void> => {
    const { secret, fault } = await readOutcome(path)
    const found = secret?.toString('latin1') ?? fault
    // A value that is half written must never be accepted: it has to be the same twice.
    const settled = urgent || found === seen
    seen = found
    if (!settled) return
    if (secret !== undefined) values.adopt(secret)
    if (fault !== problem) report?.(fault)
    problem = fault
  }
  const watch = watchFiles({ paths: [path], pollMs, look })
  return {
    started: watch.started,
    accepts: (presented) => values.includes(Buffer.from(presented, 'latin1')),
    problem: () => problem,
    look: () => watch.hurry(),
    close: () => watch.close(),
  }
}

async function readOutcome(path: string): Promise<{ secret?: Buffer; fault: string | null }> {
  try {
    return { secret: await readAppSecret(path), fault: null }
  } catch (error) {
    return { fault: (error as Error).message }
  }
}
