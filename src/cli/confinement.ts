import type { Logger } from 'pino'

/** Node.js's `process.permission`, which is there under `--permission`. */
export interface Permission {
  has(scope: string): boolean
  /** Older releases of Node.js 24 do not have it. */
  drop?(scope: string): void
}

const scopes = ['fs.write', 'child', 'addon', 'wasi', 'inspector']

/**
 * Once every listener is open, nothing has to be written any more: a stale socket was the last. What was allowed until then is
 * given up for good, and what this process cannot do from now on is said once.
 */
export function confine(permission: Permission | undefined, log: Logger): void {
  if (permission === undefined) return
  permission.drop?.('fs.write')
  const denied = scopes.filter((scope) => !permission.has(scope))
  log.info({ event: 'confined', denied }, 'rights given up')
}
