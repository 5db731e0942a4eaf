import type { Clock } from './clock.ts'

/** Whether a token is wanted: by apps, or by BC_TOKEN_AT_START before anybody has asked. */
export interface Demand {
  /** An app asked; false when one had asked already since the last attempt began. */
  ask(): boolean
  start(when: 'now' | number): void
  attempted(): void
  met(): void
  unmet(): boolean
  /** The random moment of the first attempt, while it lies ahead. */
  startAt(): number | undefined
}

export function createDemand(clock: Pick<Clock, 'now' | 'random'>): Demand {
  let asked = false
  /** Stays until the first token is there. */
  let eager = false
  let startAt: number | undefined

  function look(): void {
    if (startAt === undefined || startAt > clock.now()) return
    startAt = undefined
    eager = true
  }

  return {
    ask() {
      const isNew = !asked
      asked = true
      return isNew
    },
    start(when) {
      startAt = when === 'now' ? clock.now() : clock.now() + when * clock.random()
    },
    attempted() {
      asked = false
      eager ||= startAt !== undefined
      startAt = undefined
    },
    met() {
      asked = false
      eager = false
    },
    unmet() {
      look()
      return asked || eager
    },
    startAt() {
      look()
      return startAt
    },
  }
}
