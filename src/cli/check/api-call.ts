import type { Dispatcher } from 'undici'
import { bankFailure } from '../../bank/failure.ts'
import { type Finding, failed, ok } from './finding.ts'
import { apiAdvice } from './status-advice.ts'

export interface ApiCallOptions {
  readonly dispatcher: Dispatcher
  readonly baseUrl: string
  readonly token: string
  readonly other: string
}

/** Reads one account: harmless, and proof that token, certificate and address are accepted. */
export async function checkApiCall(options: ApiCallOptions): Promise<Finding> {
  const { dispatcher, baseUrl, token, other } = options
  const startedAt = performance.now()
  try {
    const { statusCode, headers, body } = await dispatcher.request({
      origin: baseUrl,
      path: '/api/v1/accounts?PageSize=1',
      method: 'GET',
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    })
    // What the accounts hold is nobody's business here.
    await body.dump()
    const type = String(headers['content-type'])
    const tookMs = Math.round(performance.now() - startedAt)
    const found = `GET /api/v1/accounts answered ${statusCode} in ${tookMs} ms`
    if (statusCode !== 200) return failed(found, apiAdvice(statusCode, other))
    if (/\bjson\b/i.test(type)) return ok(found)
    return failed(`${found}, but not in JSON`, {
      cause: 'something else answers in place of the bank, such as a proxy with a page of its own',
      cure: 'compare BC_BASE_URL with the bank’s, and let nothing in between answer',
    })
  } catch (error) {
    return failed(bankFailure(error, false).message, {
      cause: 'the connection was lost or stood still: a firewall, a proxy, or trouble at the bank',
      cure: 'try again; if it stays, ask who runs the network, then the bank',
    })
  }
}
