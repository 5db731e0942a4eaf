import { setTimeout } from 'node:timers/promises'

/** Waits for a fact, looked at every few milliseconds: fails by itself after `timeoutMs`. */
export async function until<T>(
  fact: () => T | Promise<T>,
  options: { timeoutMs?: number; what?: string } = {},
): Promise<NonNullable<T>> {
  const { timeoutMs = 60_000, what = fact.toString() } = options
  for (const deadline = performance.now() + timeoutMs; performance.now() < deadline; ) {
    const found = await fact()
    if (found) return found
    await setTimeout(5)
  }
  throw new Error(`never came true: ${what}`)
}
