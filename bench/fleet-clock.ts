import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../src/token/clock.ts'

interface Timer {
  readonly at: number
  readonly order: number
  run: (() => void) | undefined
}

/** Modelled time for very many timers: a heap, the earliest on top. */
export function createHeapClock(): Clock & { advance(ms: number): Promise<void> } {
  const heap: Timer[] = []
  let now = 1_000_000
  let order = 0
  const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

  function push(timer: Timer): void {
    let at = heap.push(timer) - 1
    for (let up = (at - 1) >> 1; at > 0 && before(timer, heap[up] as Timer); up = (at - 1) >> 1) {
      heap[at] = heap[up] as Timer
      at = up
    }
    heap[at] = timer
  }

  function pop(): Timer {
    const top = heap[0] as Timer
    const last = heap.pop() as Timer
    let at = 0
    for (let down = 1; down < heap.length; down = 2 * at + 1) {
      if (down + 1 < heap.length && before(heap[down + 1] as Timer, heap[down] as Timer)) down++
      if (!before(heap[down] as Timer, last)) break
      heap[at] = heap[down] as Timer
      at = down
    }
    if (heap.length > 0) heap[at] = last
    return top
  }

  return {
    now: () => now,
    wallNow: () => 1_800_000_000_000 + now,
    random: Math.random,
    schedule(run, delayMs) {
      // Whole milliseconds: what happens in the same one is one turn.
      const timer: Timer = { at: Math.ceil(now + Math.max(1, delayMs)), order: order++, run }
      push(timer)
      return () => {
        timer.run = undefined
      }
    },
    async advance(ms) {
      const target = now + ms
      for (await setImmediate(); (heap[0]?.at ?? Number.POSITIVE_INFINITY) <= target; await setImmediate()) {
        now = (heap[0] as Timer).at
        while (heap[0]?.at === now) pop().run?.()
      }
      now = target
    },
  }
}
