import type { Advice } from './finding.ts'

export interface DistrustFacts {
  readonly host: string
  readonly issuer: string
  readonly nowMs: number
}

/** Why the bank's certificate is not trusted. */
export function distrustAdvice(code: string, { host, issuer, nowMs }: DistrustFacts): Advice {
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return {
      cause: `this machine's clock is off (it says ${new Date(nowMs).toISOString()}), or that certificate is out of date`,
      cure: "set this machine's clock; if it is right, ask whoever runs the host",
    }
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      cause: `the URL names the wrong host, or ${host} leads to another server here`,
      cure: "compare the URLs with the bank's, and what the name resolves to",
    }
  }
  return {
    cause: `a TLS-inspecting proxy answers in place of the bank, or the bank's certificate comes from a root of its own`,
    cure: `have the proxy let ${host} through untouched, as mutual TLS cannot pass it; if ${issuer} is the right issuer, give its root as BC_CA_FILE`,
  }
}

export interface HandshakeFacts {
  readonly target: { readonly host: string; readonly port: number }
  readonly other: string
  /** The server had begun to answer in TLS. */
  readonly answered: boolean
}

/** Why a handshake failed; the reason carries the code. */
export function handshakeAdvice(reason: string, { target, other, answered }: HandshakeFacts): Advice {
  const { host, port } = target
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/.test(reason)) {
    return {
      cause: 'something that does not speak TLS answers: the wrong port, or a proxy',
      cure: `correct the URL, and have nothing in between answer for ${host}:${port}`,
    }
  }
  if (/PROTOCOL|no TLS version/.test(reason)) {
    return {
      cause: 'an old server or proxy answers in place of the bank, which speaks TLS 1.2',
      cure: `compare the URL with the bank's, and have any proxy let ${host} through untouched`,
    }
  }
  if (answered || /_ALERT_/.test(reason)) {
    return {
      cause: `the bank refuses this client certificate, perhaps because it is that of ${other}`,
      cure: 'use the certificate that the bank issued for this environment; ask the bank whether it has been revoked',
    }
  }
  return {
    cause:
      "the public IP address of this machine is not on the bank's list, or a firewall in between breaks TLS off",
    cure: 'ask the bank whether the public IP address of this machine (or of the outbound proxy) is on its list',
  }
}
