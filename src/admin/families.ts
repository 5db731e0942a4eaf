import { type EnvironmentReport, tokenStates } from './environment-report.ts'
import type { Family, Sample } from './sample.ts'
import { type TokenCacheFamiliesOptions, tokenCacheFamilies } from './token-cache.ts'

export interface FamiliesOptions extends TokenCacheFamiliesOptions {
  readonly version: string
  readonly node: string
  /** How the environments are at the moment of the scrape. */
  readonly reports: () => readonly EnvironmentReport[]
}

/** interface.md, "The admin listener": the metrics by name. */
export function families(options: FamiliesOptions): Family[] {
  const { version, node } = options
  const labels = { version, node }
  const info: Family = {
    name: 'bc_sidecar_build_info',
    help: 'Always 1: the version of bc-sidecar and of Node.js that run.',
    type: 'gauge',
    samples: () => [{ labels, value: 1 }],
  }
  return [
    ...counters(options),
    ...histograms(options),
    ...gauges(options),
    ...tokenCacheFamilies(options),
    info,
  ]
}

function counters({ counted }: FamiliesOptions): Family[] {
  type Countable = 'requests' | 'localAnswers' | 'replays' | 'connections' | 'tokenRequests' | 'reloads'
  const family = (what: Countable, name: string, help: string): Family => ({
    name: `bc_sidecar_${name}`,
    help,
    type: 'counter',
    samples: () => [...counted].flatMap(([environment, metrics]) => metrics[what].samples(environment)),
  })
  return [
    family(
      'requests',
      'requests_total',
      'Requests of apps by method, status (499: the app hung up) and who answered.',
    ),
    family(
      'localAnswers',
      'local_answers_total',
      'Problems answered by the sidecar; request_sent="maybe": ask the bank before repeating.',
    ),
    family(
      'replays',
      'replays_total',
      'Requests sent once more, with a new token, after the bank had answered 401.',
    ),
    family(
      'connections',
      'connections_opened_total',
      'TLS connections to the bank, by whether a session was resumed.',
    ),
    family('tokenRequests', 'token_requests_total', 'Requests to the authorization endpoint by result.'),
    family('reloads', 'credential_reloads_total', 'Credential sets read, applied or refused.'),
  ]
}

function histograms({ counted }: FamiliesOptions): Family[] {
  type Measured = 'duration' | 'bankDuration' | 'tokenDuration'
  const family = (what: Measured, short: string, help: string): Family => {
    const name = `bc_sidecar_${short}_duration_seconds`
    const samples = (): Sample[] =>
      [...counted].flatMap(([environment, metrics]) => metrics[what].samples(name, environment))
    return { name, help, type: 'histogram', samples }
  }
  return [
    family('duration', 'request', 'From the request of an app to the end of its answer.'),
    family('bankDuration', 'bank_request', 'The part of it that was spent on the bank.'),
    family('tokenDuration', 'token_request', 'Requests to the authorization endpoint.'),
  ]
}

function gauges({ reports }: FamiliesOptions): Family[] {
  const family = (name: string, help: string, value: (report: EnvironmentReport) => number): Family => ({
    name: `bc_sidecar_${name}`,
    help,
    type: 'gauge',
    samples: () =>
      reports().map((report) => ({ labels: { environment: report.name }, value: value(report) })),
  })
  return [
    family('ready', '1 when this environment could serve.', ({ ready }) => Number(ready)),
    family(
      'requests_in_flight',
      'Requests that have not been answered to their end.',
      ({ inFlight }) => inFlight,
    ),
    {
      ...family('token_state', 'Of all states, 1 for the one that the token is in.', () => 0),
      samples: () => reports().flatMap(stateSamples),
    },
    family('token_expiry_timestamp_seconds', 'When the token expires; 0 when there is none.', ({ token }) =>
      seconds(token.expiresAt),
    ),
    family(
      'token_request_budget_remaining',
      'Token requests that this minute still allows.',
      ({ token }) => token.budgetRemaining,
    ),
    family(
      'thumbprint_match',
      '0 when the token names another certificate than the loaded one.',
      ({ token }) => Number(token.thumbprintMatches ?? true),
    ),
    family(
      'certificate_expiry_timestamp_seconds',
      'When the loaded client certificate expires; 0 when there is none.',
      ({ certificate }) => seconds(certificate.notAfter),
    ),
  ]
}

function stateSamples({ name, token }: EnvironmentReport): Sample[] {
  return tokenStates.map((state) => ({
    labels: { environment: name, state },
    value: Number(state === token.state),
  }))
}

function seconds(time: string | null): number {
  return time === null ? 0 : Date.parse(time) / 1000
}
