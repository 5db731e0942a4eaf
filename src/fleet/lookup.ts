import { type LookupAddress, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

type LookupAll = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/**
 * Resolves one name, once at a time. Node.js lets two of the system's lookups run at once: a name that hangs, asked for by each
 * attempt to connect, would soon keep the bank's name from being resolved.
 */
export function createLookup(resolveAll: LookupAll = lookup): LookupFunction {
  let underWay: Promise<LookupAddress[]> | undefined

  async function resolve(hostname: string): Promise<LookupAddress[]> {
    try {
      return await new Promise((done, fail) =>
        resolveAll(hostname, { all: true }, (error, addresses) => (error ? fail(error) : done(addresses))),
      )
    } finally {
      underWay = undefined
    }
  }

  return (hostname, { all }, callback) => {
    underWay ??= resolve(hostname)
    underWay.then(
      (addresses) => {
        const [first] = addresses
        if (all) callback(null, addresses)
        else callback(null, String(first?.address), Number(first?.family))
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    )
  }
}
