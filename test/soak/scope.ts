import type { Test } from 'tap'

/** Stands in for a test where there is none: what its helpers open is closed by `close`, the last first. */
export interface Scope {
  readonly test: Test
  close(): Promise<void>
}

export function openScope(): Scope {
  const closers: (() => unknown)[] = []
  const scope = { teardown: (close: () => unknown) => void closers.push(close) }
  return {
    // The helpers of test/support need nothing else of a test.
    test: scope as unknown as Test,
    async close() {
      for (const close of closers.splice(0).reverse()) await close()
    },
  }
}
