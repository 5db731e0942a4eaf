import type { Test } from 'tap'
import { type Exchange, respond, type SeenRequest, startBank, type TestBank } from '../support/bank.ts'
import type { Authority } from '../support/pki.ts'
import { failCall, refuse } from './bank-faults.ts'
import { failToken } from './failing-tokens.ts'
import type { Ledger } from './ledger.ts'
import type { Random } from './random.ts'
import type { Weather } from './weather.ts'

export interface SoakBankOptions {
  readonly authority: Authority
  readonly ledger: Ledger
  readonly random: Random
  readonly weather: Weather
  readonly now: () => number
}

export interface SoakBank extends TestBank {
  readonly counts: { tokens: number; failedTokens: number; calls: number; faults: number; storms: number }
  /** The last token request failed, or a token was refused, not longer ago than that. */
  tokenTroubleWithin(ms: number): boolean
  /** A storm of 401: every token issued until now is refused. */
  revoke(): void
}

const tokenLifeSeconds = 30

interface Issued {
  readonly thumbprint: string
  readonly until: number
  refusedSince: number | undefined
}

/** The test bank with faults, and with an account of every call that it sees. */
export async function startSoakBank(t: Pick<Test, 'teardown'>, options: SoakBankOptions): Promise<SoakBank> {
  const { authority, ledger, random, weather, now } = options
  const bank = await startBank(t, { authority, tokenLifeSeconds, checkTokens: false })
  const tokens = new Map<string, Issued>()
  const counts = { tokens: 0, failedTokens: 0, calls: 0, faults: 0, storms: 0 }
  let troubleAt = Number.NEGATIVE_INFINITY
  const trouble = (): void => {
    troubleAt = now()
  }

  bank.authorization.handler = (exchange) => {
    bank.authorization.requests.length = 0
    if (weather.stormy && random.chance(0.3)) {
      counts.failedTokens++
      failToken(exchange, random)
      trouble()
      return
    }
    const { token, thumbprint } = bank.issue(exchange.seen.thumbprint)
    counts.tokens++
    tokens.set(token, { thumbprint, until: now() + tokenLifeSeconds * 1000, refusedSince: undefined })
    const answer = { access_token: token, expires_in: String(tokenLifeSeconds) }
    setTimeout(() => respond(exchange.response, 200, answer), random.between(0, 30))
  }

  bank.api.onHead = ({ seen, socket }) => {
    bank.api.requests.length = 0
    counts.calls++
    ledger.of(idOf(seen)).heads++
    judgeToken(seen)
    if (!weather.stormy || !random.chance(0.03)) return false
    ledger.of(idOf(seen)).faults.push('hangs up')
    socket.destroy()
    return true
  }

  function judgeToken(seen: SeenRequest): void {
    const token = tokens.get(seen.token ?? '')
    if (token === undefined) ledger.violate(`${idOf(seen)}: a token that this bank never gave`)
    else if (token.until <= now()) ledger.violate(`${idOf(seen)}: a token that had expired`)
    else if (token.thumbprint !== seen.thumbprint)
      ledger.violate(`${idOf(seen)}: another certificate's token`)
  }

  bank.api.handler = (exchange) => {
    const record = ledger.of(idOf(exchange.seen))
    if (tokens.get(exchange.seen.token ?? '')?.refusedSince !== undefined) {
      trouble()
      refuse(exchange, record)
    } else if (weather.stormy && random.chance(0.3)) {
      counts.faults++
      failCall(exchange, random, record)
      if (record.statuses.includes(401)) trouble()
    } else answerWell(exchange, record.statuses)
  }

  return Object.assign(bank, {
    counts,
    tokenTroubleWithin: (ms: number) => now() - troubleAt < ms,
    revoke() {
      counts.storms++
      for (const token of tokens.values()) token.refusedSince ??= now()
    },
  })
}

export const idHeader = 'x-soak-id'

function idOf({ headers }: SeenRequest): string {
  return String(headers[idHeader])
}

const large = JSON.stringify({ result: 'x'.repeat(500_000) })

function answerWell({ seen, response }: Exchange, statuses: number[]): void {
  const status = seen.method === 'POST' ? 201 : 200
  statuses.push(status)
  if (seen.url.endsWith('/large'))
    response.writeHead(status, { 'content-length': Buffer.byteLength(large) }).end(large)
  else respond(response, status, { paymentId: idOf(seen) })
}
