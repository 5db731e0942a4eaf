/** One connection on its way. */
export interface Attempt {
  readonly host: string
  readonly port: number
  /** Its reason is the `ConnectFailure` to reject with. */
  readonly signal: AbortSignal
  /** How far it has come, for the error message. */
  step: 'name resolution' | 'TCP' | 'outbound proxy' | 'TLS'
}
