import type { Dispatcher } from 'undici'
import type { CredentialSet } from '../../credentials/credential-set.ts'
import { SidecarError } from '../../errors.ts'
import { requestToken } from '../../token/request.ts'
import { thumbprintMatches } from '../../token/thumbprint.ts'
import type { ObtainedToken } from '../../token/token.ts'
import { checkClock, noAnswer } from './clock.ts'
import { type Finding, failed, ok, warning } from './finding.ts'
import { tokenAdvice } from './status-advice.ts'

export interface TokenOptions {
  readonly dispatcher: Dispatcher
  readonly authorizationUrl: string
  readonly tokenTimeoutMs: number
  readonly set: CredentialSet
  readonly wallNow: () => number
  readonly other: string
}

export interface TokenCheck {
  readonly token: Finding
  readonly clock: Finding
  /** For the API call; undefined when there is none. */
  readonly value: string | undefined
}

/** Spends one token request, whatever comes of it. */
export async function checkToken(options: TokenOptions): Promise<TokenCheck> {
  const { dispatcher, wallNow } = options
  let status: number | undefined
  let clock = noAnswer
  const request = async (asked: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> => {
    const answer = await dispatcher.request(asked)
    status = answer.statusCode
    clock = checkClock(String(answer.headers['date']), wallNow())
    return answer
  }
  try {
    const obtained = await ask(options, request as Dispatcher['request'])
    return { token: describe(obtained, options), clock, value: obtained.value }
  } catch (error) {
    const { message, retryAfterSeconds } = error as SidecarError
    const later = retryAfterSeconds === undefined ? '' : `, and to come back in ${retryAfterSeconds} s`
    const token = failed(`${message}${later}`, tokenAdvice(status, options.other))
    return { token, clock, value: undefined }
  }
}

async function ask(options: TokenOptions, request: Dispatcher['request']): Promise<ObtainedToken> {
  const { authorizationUrl, tokenTimeoutMs, set, wallNow } = options
  const { username, password } = set
  const late = new AbortController()
  const reason = `the authorization endpoint did not answer within ${tokenTimeoutMs} ms`
  const giveUp = (): void => late.abort(new SidecarError('token_unavailable', reason))
  const timer = setTimeout(giveUp, tokenTimeoutMs)
  const clock = { now: () => performance.now(), wallNow }
  try {
    const dispatcher = { request }
    return await requestToken({
      dispatcher,
      authorizationUrl,
      username,
      password,
      clock,
      signal: late.signal,
    })
  } finally {
    clearTimeout(timer)
  }
}

/** bank-api.md says five minutes; with much less, renewals come close to the bank's throttle. */
const shortestMs = 60_000

function describe({ lifetimeMs, thumbprint }: ObtainedToken, { set, other }: TokenOptions): Finding {
  const matches = thumbprintMatches(thumbprint, set.thumbprint)
  const claim = { true: 'for this certificate', false: 'for another certificate', null: 'for no certificate' }
  const found = `user and password are right: a token for ${lifetimeMs / 1000} s, ${claim[`${matches}`]}`
  if (matches === false) {
    return warning(found, {
      cause: `user and certificate do not belong together (perhaps one of them is that of ${other})`,
      cure: `tell the bank this certificate's thumbprint, ${set.thumbprint}, or use the one that it knows`,
    })
  }
  if (lifetimeMs >= shortestMs) return ok(found)
  const cause = 'the bank gives tokens that live less than a minute; five are usual'
  return warning(found, { cause, cure: 'ask the bank; renewals this frequent may be throttled' })
}
