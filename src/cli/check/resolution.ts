import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { connectReason } from '../../bank/connect-reasons.ts'
import { type Finding, failed, ok, skipped } from './finding.ts'
import type { Target } from './target.ts'

export async function checkResolution({ host, proxy, setting }: Target): Promise<Finding> {
  if (proxy) return skipped(`${host} is resolved by the outbound proxy`)
  if (isIP(host) !== 0) return skipped(`${host} is an address`)
  try {
    const found = await lookup(host, { all: true })
    return ok(`${host} is ${found.map(({ address }) => address).join(', ')}`)
  } catch (error) {
    return failed(`${host}: ${connectReason(error as Error)}`, {
      cause: `${setting} is mistyped, or the name servers of this network do not know names outside of it`,
      cure: `correct ${setting}, let this machine ask a name server that knows ${host}, or set HTTPS_PROXY`,
    })
  }
}
