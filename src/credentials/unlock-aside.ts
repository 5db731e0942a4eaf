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
  const answer = signal?.aborted ? undefined : await askWorker(material, timeoutMs, signal)
  if (answer === undefined) {
    const problem = `the ${material.certificate.name} did not open within ${timeoutMs} ms`
    throw unusable(problem, 'export it again with fewer key-derivation iterations')
  }
  if ('fault' in answer) throw new SidecarError('certificate_unusable', answer.fault)
  return answer.unlocked
}

/** Resolves when the thread has ended, with an answer or without. */
async function askWorker(
  material: Material,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Answer | undefined> {
  const resourceLimits = { maxOldGenerationSizeMb: 256 }
  const worker = new Worker(workerFile, { workerData: material, resourceLimits })
  const stop = (): void => void worker.terminate()
  const limit = setTimeout(stop, timeoutMs)
  signal?.addEventListener('abort', stop)
  let answer: Answer | undefined
  worker.once('message', (given: Answer) => {
    answer = given
  })
  worker.once('error', (error) => {
    answer = { fault: `the ${material.certificate.name} cannot be opened: ${error.name}` }
  })
  await new Promise((resolve) => worker.once('exit', resolve))
  clearTimeout(limit)
  signal?.removeEventListener('abort', stop)
  return answer
}
