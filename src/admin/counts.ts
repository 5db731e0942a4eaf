import type { Sample } from './sample.ts'

/** Counters whose label sets are all known: each is there, with 0, from the start. */
export interface Counts<Key extends string> {
  add(key: Key): void
  get(key: Key): number
  samples(environment: string): Sample[]
}

export function createCounts<Key extends string>(
  keys: readonly Key[],
  labels: (key: Key) => Readonly<Record<string, string>>,
): Counts<Key> {
  const counts = new Map<Key, number>(keys.map((key) => [key, 0]))
  const get = (key: Key): number => Number(counts.get(key))
  return {
    get,
    add: (key) => void counts.set(key, get(key) + 1),
    samples: (environment) =>
      [...counts].map(([key, value]) => ({ labels: { environment, ...labels(key) }, value })),
  }
}
