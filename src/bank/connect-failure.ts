import { connectReason, proxyReason } from './connect-reasons.ts'

/**
 * A connection that never came about: nothing of any request can have reached the bank. The message is a sentence for people, and
 * names neither addresses nor secrets.
 */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure'
  // Not UND_ERR_SOCKET or UND_ERR_INFO: undici answers those by connecting again, for ever.
  readonly code: 'BANK_CONNECT_FAILED' | 'PROXY_CONNECT_FAILED'

  constructor(peer: string, reason: string, options?: ErrorOptions) {
    super(`${peer}: ${reason}`, options)
    this.code = peer === outboundProxy ? 'PROXY_CONNECT_FAILED' : 'BANK_CONNECT_FAILED'
  }

  static from(host: string, error: Error): ConnectFailure {
    return error instanceof ConnectFailure
      ? error
      : new ConnectFailure(host, connectReason(error), { cause: error })
  }

  static fromProxy(error: Error): ConnectFailure {
    if (error instanceof ConnectFailure) return error
    return new ConnectFailure(outboundProxy, proxyReason(error), { cause: error })
  }
}

/** Whom to blame when it is not the bank. */
export const outboundProxy = 'outbound proxy'
