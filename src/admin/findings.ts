import type { Reload } from './metrics.ts'
import type { EnvironmentStatus } from './status.ts'

/** Something that an operator should know, in words. */
export interface Finding {
  /** A `problem` stops requests now, or will within days; a `warning` does not. */
  readonly level: 'problem' | 'warning'
  readonly message: string
  readonly remedy: string | null
  /** When it was last seen, if it is of a moment. */
  readonly at: string | null
}

type Facts = Omit<EnvironmentStatus, 'findings'>
type Rule = (facts: Facts) => Finding | undefined

const soonDays = 30
const urgentDays = 7
const fewestRequests = 10
const failureShare = 0.05

/** What is wrong and what helps, the worst first. */
export function findingsOf(facts: Facts): Finding[] {
  const found = rules.map((rule) => rule(facts)).filter((finding) => finding !== undefined)
  const warnings = facts.warnings.map(
    (message): Finding => ({ level: 'warning', message, remedy: null, at: null }),
  )
  const all = [...found, ...warnings]
  return [...all.filter(isProblem), ...all.filter((finding) => !isProblem(finding))]
}

function isProblem({ level }: Finding): boolean {
  return level === 'problem'
}

const notReady: Rule = ({ ready, reason, token, lastReload }) => {
  if (ready) return undefined
  return {
    level: 'problem',
    message: `Not ready: ${reason ?? 'no reason is known'}`,
    remedy: '“bc-sidecar check” tries every step to the bank, and names the cause and the cure.',
    at: reason !== null && reason === token.lastError ? token.lastRequestAt : refusedAt(lastReload),
  }
}

const expiry: Rule = ({ certificate: { daysLeft } }) => {
  if (daysLeft === null || daysLeft > soonDays) return undefined
  return {
    level: daysLeft <= urgentDays ? 'problem' : 'warning',
    message: `The client certificate ${expiryText(Math.floor(daysLeft))}`,
    remedy: 'Ask the bank for a new one and put it in the place of the old file: it is read while running.',
    at: null,
  }
}

const refusedFiles: Rule = ({ ready, reason, certificate: { lastError }, lastReload }) => {
  if (lastError === null || (!ready && lastError === reason)) return undefined
  return {
    level: 'warning',
    message: `The newest credential files are not in use: ${lastError}`,
    remedy: 'Mend the files: they are read again within seconds. What was loaded before stays in use.',
    at: refusedAt(lastReload),
  }
}

const tokenTrouble: Rule = ({ reason, token: { state, lastError, lastRequestAt, expiresAt } }) => {
  if (lastError === null || lastError === reason) return undefined
  const what = state === 'throttled' ? 'The bank throttles token requests' : 'The last token request failed'
  return {
    level: expiresAt === null ? 'problem' : 'warning',
    message: `${what}: ${lastError}`,
    remedy: expiresAt === null ? null : 'The token at hand is used until it expires.',
    at: lastRequestAt,
  }
}

const spentBudget: Rule = ({ token: { budgetRemaining } }) => {
  if (budgetRemaining > 0) return undefined
  return {
    level: 'warning',
    message: 'This minute’s token requests are spent',
    remedy: 'They come back one by one. BC_TOKEN_REQUESTS_PER_MINUTE is the limit.',
    at: null,
  }
}

const otherThumbprint: Rule = ({ token: { thumbprintMatches } }) => {
  if (thumbprintMatches !== false) return undefined
  return {
    level: 'warning',
    message: 'The token was issued to another certificate than the loaded one',
    remedy: 'Ask the bank which certificate belongs to this user.',
    at: null,
  }
}

const failures: Rule = ({ traffic: { recent } }) => {
  if (recent.requests < fewestRequests || recent.failures < recent.requests * failureShare) return undefined
  return {
    level: 'warning',
    message: `${recent.failures} of ${recent.requests} requests failed in the last five minutes`,
    remedy: 'See the failures by code below.',
    at: null,
  }
}

function refusedAt(reload: Reload | null): string | null {
  return reload?.result === 'refused' ? reload.at : null
}

const rules: readonly Rule[] = [
  notReady,
  expiry,
  refusedFiles,
  tokenTrouble,
  spentBudget,
  otherThumbprint,
  failures,
]

function expiryText(days: number): string {
  if (days < 0) return 'has expired'
  if (days === 0) return 'expires within a day'
  return `expires in ${days === 1 ? '1 day' : `${days} days`}`
}
