import { setTimeout } from 'node:timers/promises'

/**
 * Waits for a fact, looked at every few milliseconds, and less often the longer it takes, since to look often costs
 * what others compute with. Fails by itself after `timeoutMs`.
 */
export async function until<T>(
  fact: () => T | Promise<T>,
  options: { timeoutMs?: number; what?: string } = {},
): Promise<NonNullable<T>> {
  const { timeoutMs = 60_000, what = fact.toString() } = options
  const startedAt = performance.now()
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs = performance.now() - startedAt) {
    const found = await fact()
    if (found) return found
    await setTimeout(Math.min(5 + waitedMs / 10, 100))
  }
  throw new Error(`never came true: ${what}`)
}
