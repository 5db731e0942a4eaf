/** In the order in which they are tried. */
export type Step =
  | 'configuration'
  | 'files'
  | 'certificate'
  | 'dates'
  | 'network'
  | 'name resolution'
  | 'tcp'
  | 'outbound proxy'
  | 'tls'
  | 'token'
  | 'clock'
  | 'api call'

export interface Advice {
  /** The likely one. */
  readonly cause: string
  readonly cure: string
}

/** What came of a step: sentences without capitals and full stops, and without any secret. */
export interface Finding extends Partial<Advice> {
  readonly outcome: 'ok' | 'warning' | 'failed' | 'skipped'
  readonly found: string
}

export interface Result extends Finding {
  readonly environment: string
  readonly step: Step
}

export function ok(found: string): Finding {
  return { outcome: 'ok', found }
}

export function skipped(found: string): Finding {
  return { outcome: 'skipped', found }
}

export function warning(found: string, { cause, cure }: Advice): Finding {
  return { outcome: 'warning', found, cause, cure }
}

export function failed(found: string, { cause, cure }: Advice): Finding {
  return { outcome: 'failed', found, cause, cure }
}
