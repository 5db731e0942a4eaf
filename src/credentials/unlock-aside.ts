import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { SidecarError } from '../errors.ts'
import { type Answer, isCostly, type Material, type Unlocked, unlock } from './unlock.ts'
import { unusable } from './unusable.ts'

export interface AsideOptions {
  /** Default 30 s. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Lies beside this file, as source and as built. */
const workerFile = new URL(import.meta.url.replace(/[^/]+(\.[jt]s)$/, 'unlock-worker$1'))

/**
 * Opens certificate and key; on a thread of its own, with a limit, when a passphrase is involved: key derivation
 * takes as long as the file asks for, and requests must not wait for it. Throws certificate_unusable.
 */
export async function unlockAside(material: Material, options: AsideOptions = {}): Promise<Unlocked> {
  if (!isCostly(material)) return unlock(material)
  const { timeoutMs = 30_000, signal } = options
  const answer = await askWorker(material, timeoutMs, signal)
  if ('fault' in answer) throw new SidecarError('certificate_unusable', answer.fault)
  return answer.unlocked
}

async function askWorker(material: Material, timeoutMs: number, signal?: AbortSignal): Promise<Answer> {
  const deadline = AbortSignal.timeout(timeoutMs)
  const worker = new Worker(workerFile, {
    workerData: material,
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  })
  try {
    const [answer] = await once(worker, 'message', {
      signal: AbortSignal.any(signal ? [signal, deadline] : [deadline]),
    })
    return answer
  } catch (error) {
    const problem = deadline.aborted ? `takes longer than ${timeoutMs} ms to open` : 'could not be opened'
    throw unusable(
      `the ${material.certificate.name} ${problem}`,
      'export it again with fewer key-derivation iterations',
      error,
    )
  } finally {
    await worker.terminate()
  }
}
