import assert from 'node:assert/strict'
import type { TokenHolder } from '../../src/token/holder.ts'
import type { Token } from '../../src/token/token.ts'
import { type Answer, createRig, jwt, ok } from './rig.ts'

export type Step =
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'traffic'; readonly seconds: number }
  | { readonly kind: 'get' | 'refuse' | 'prove' | 'retry' }
  | { readonly kind: 'bank'; readonly mood: Mood; readonly delayMs: number; readonly lifetimeSeconds: number }
  | { readonly kind: 'jump' | 'sleep'; readonly ms: number }

export type Mood = keyof typeof moods

export const moods = {
  fine: undefined,
  same: undefined,
  failing: { status: 500 },
  throttling: { status: 429 },
  throttlingFor: { status: 429, headers: { 'retry-after': '17' } },
  rejecting: { status: 401 },
  nonsense: { body: '<html>' },
  broken: { error: new Error('connection lost') },
} as const satisfies Record<string, Answer | undefined>

interface Issued {
  readonly sentAt: number
  readonly wallSentAt: number
  readonly sleptBefore: number
  readonly lifetimeSeconds: number
}

const tokenTimeoutMs = 10_000

/** Lives through a history and checks it against what may never happen: the model knows what the bank knows. */
export async function live(
  steps: readonly Step[],
  requestsPerMinute: number,
  random: () => number,
): Promise<void> {
  const { clock, bank, events, holder, another, source } = createRig({
    requestsPerMinute,
    tokenTimeoutMs,
    random,
  })
  const issued = new Map<string, Issued>()
  const refused = new Set<string>()
  let mood: Mood = 'fine'
  let slept = 0
  let proving = false
  let lastValue = ''
  let asked = ''
  let last: Token | undefined
  let lost = false
  let landed = 0

  bank.answer = (request) => {
    asked = lastValue
    const answer = moods[mood]
    if (answer !== undefined) return answer
    const value =
      mood === 'same' && lives(lastValue)
        ? lastValue
        : jwt({ iat: 0, exp: bank.lifetimeSeconds, jti: request })
    asked = value
    if (proving || value !== lastValue) lastValue = ''
    const { lifetimeSeconds } = bank
    const fresh = { sentAt: clock.now(), wallSentAt: clock.wallNow(), sleptBefore: slept, lifetimeSeconds }
    const given = issued.get(`Bearer ${value}`) ?? fresh
    issued.set(`Bearer ${value}`, given)
    return ok(value, given.lifetimeSeconds)
  }

  // Given again is only what arrived, to the same certificate.
  bank.arrived = () => {
    if (!proving) lastValue = asked
  }

  function lives(value: string): boolean {
    const found = issued.get(`Bearer ${value}`)
    return found !== undefined && ageOf(found) < found.lifetimeSeconds * 1000
  }

  function ageOf({ sentAt, sleptBefore }: Issued): number {
    return clock.now() - sentAt + slept - sleptBefore
  }

  function check(token: Token): void {
    const found = record(token)
    const ageMs = ageOf(found)
    const usableMs = found.lifetimeSeconds * 980
    assert(ageMs < usableMs + 1e-3, `a token ${ageMs} ms old was given, usable for ${usableMs}`)
    if (last?.authorization !== token.authorization) lost = false
    last = token
    landed = landings()
  }

  function record(token: Token): Issued {
    const found = issued.get(token.authorization)
    assert(found, 'a token that the bank never gave')
    return found
  }

  function landings(): number {
    return events.filter(({ kind }) => kind === 'renewed').length
  }

  /** A token that holds, that nobody refused, and that no newer one has replaced, is there. */
  function checkKept(given: Token | undefined): void {
    if (last === undefined) return
    const { sentAt, wallSentAt, lifetimeSeconds } = record(last)
    const usableMs = lifetimeSeconds * 980
    lost ||= clock.now() >= sentAt + usableMs - 1 || clock.wallNow() >= wallSentAt + usableMs - 1
    lost ||= refused.has(last.authorization) || landings() > landed
    assert(lost || given !== undefined, 'a token that holds was displaced')
  }

  function peek(): Token | undefined {
    const token = holder.peek()
    checkKept(token)
    if (token !== undefined) check(token)
    return token
  }

  function wait(waited: Promise<Token>): void {
    const startedAt = clock.now()
    const inTime = () => assert(clock.now() - startedAt <= tokenTimeoutMs, 'somebody waited for too long')
    pending.push(waited.then(check, () => {}).then(inTime))
  }

  async function prove(candidate: TokenHolder): Promise<void> {
    proving = true
    const proved = candidate.prove({ reserve: 2 }).catch(() => {})
    await clock.advance(tokenTimeoutMs)
    await proved
    candidate.retire()
    proving = false
  }

  async function pass(ms: number, everyMs: number): Promise<void> {
    for (let left = ms; left > 0; left -= everyMs) {
      peek()
      await clock.advance(Math.min(left, everyMs))
    }
  }

  function refuse(): void {
    const token = peek()
    if (token === undefined) return
    refused.add(token.authorization)
    wait(holder.replacement(token))
  }

  async function take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'pass':
        return pass(step.ms, step.ms)
      case 'traffic':
        return pass(step.seconds * 1000, 1000)
      case 'get':
        return wait(holder.get())
      case 'refuse':
        return refuse()
      case 'retry':
        return holder.retry()
      case 'prove':
        return prove(another())
      case 'jump':
        return clock.jumpWall(step.ms)
      case 'sleep':
        slept += step.ms
        return clock.suspend(step.ms)
      case 'bank':
        mood = step.mood
        bank.delayMs = step.delayMs
        bank.lifetimeSeconds = step.lifetimeSeconds
    }
  }

  const pending: Promise<void>[] = []
  for (const step of steps) {
    await take(step)
    peek()
  }
  await clock.advance(2 * tokenTimeoutMs)
  await Promise.all(pending)
  assert(bank.mostUnderWay <= 1, 'more than one token request at once')
  for (const from of bank.requests) {
    const inMinute = bank.requests.filter((at) => at >= from && at < from + 60_000)
    assert(inMinute.length <= requestsPerMinute, 'the budget was exceeded')
  }
  source.close()
  await clock.advance(0)
  assert.equal(bank.underWay, 0, 'a request was left behind')
  assert.equal(clock.pending(), 0, 'a timer was left behind')
}
