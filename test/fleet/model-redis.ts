import type { Change, Names, OpenStore, Snapshot, Store, Written } from '../../src/fleet/store.ts'

export interface ModelClock {
  readonly wallNow: () => number
  readonly schedule: (run: () => void, delayMs: number) => () => void
}

export type Mood = 'fine' | 'dead' | 'hanging' | 'read-only'

/** What Redis does for the fleet, without a network: values that expire, one command after the other. */
export interface ModelRedis {
  mood: Mood
  /** There and back. */
  latencyMs: number
  commands: number
  readonly values: Map<string, string>
  look(names: Names): Snapshot
  write(names: Names, change: Change): Written
  drop(names: Names, expected: string): void
  /** A connection over which all that takes its time. */
  readonly open: OpenStore
  /** Breaks every connection. */
  cut(): void
}

export function createModelRedis(clock: ModelClock): ModelRedis {
  const values = new Map<string, string>()
  const expiries = new Map<string, number>()
  const connections = new Set<(error: unknown) => void>()

  function get(key: string): string {
    if ((expiries.get(key) ?? Number.POSITIVE_INFINITY) <= clock.wallNow()) values.delete(key)
    return values.get(key) ?? ''
  }

  function set(key: string, text: string, lifeMs: number): void {
    values.set(key, text)
    expiries.set(key, clock.wallNow() + lifeMs)
  }

  function answer<T>(give: () => T): Promise<T> {
    redis.commands++
    return new Promise((resolve, reject) => {
      if (redis.mood === 'hanging') return
      clock.schedule(() => {
        if (redis.mood === 'dead') return reject(new Error('the connection is gone'))
        try {
          resolve(give())
        } catch (error) {
          reject(error)
        }
      }, redis.latencyMs)
    })
  }

  const checkWritable = (): void => {
    if (redis.mood === 'read-only') throw new Error("READONLY You can't write against a read only replica.")
  }

  const redis: ModelRedis = {
    mood: 'fine',
    latencyMs: 0,
    commands: 0,
    values,
    look: ({ token, pace }) => ({ token: get(token), pace: get(pace), atMs: clock.wallNow() }),
    write(names, { expectedPace, pace, paceLifeMs, token }) {
      const done = get(names.pace) === expectedPace
      if (done) {
        checkWritable()
        set(names.pace, pace, paceLifeMs)
        if (token !== undefined) set(names.token, token.text, token.lifeMs)
      }
      return { ...redis.look(names), done }
    },
    drop({ token }, expected) {
      if (get(token) === expected) values.delete(token)
    },
    async open({ onLost }) {
      const opened: Store = {
        look: (names) => answer(() => redis.look(names)),
        write: (names, change) => answer(() => redis.write(names, change)),
        drop: (names, expected) => answer(() => redis.drop(names, expected)),
        probe: () => answer(checkWritable),
        close: () => void connections.delete(onLost),
      }
      await answer(() => {})
      connections.add(onLost)
      return opened
    },
    cut() {
      for (const lost of connections) lost(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))
    },
  }
  return redis
}
