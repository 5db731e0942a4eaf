import type { Fault } from './fault.ts'
import type { Variables } from './variables.ts'

/** What Node.js itself is told by variables and would undo the sidecar's guarantees. */
export function nodeFaults(env: Variables): Fault[] {
  const options = (env['NODE_OPTIONS'] ?? '').split(/\s+/).map(canonicalOption)
  const faults = dangers
    .filter(({ option }) => options.some((given) => option.test(given)))
    .map(({ problem }) => ({ key: 'NODE_OPTIONS', problem, remedy: 'leave that option out' }))
  return env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0' ? [unverified, ...faults] : faults
}

const unverified: Fault = {
  key: 'NODE_TLS_REJECT_UNAUTHORIZED',
  problem: 'with 0, Node.js trusts any certificate, also that of somebody who is not the bank',
  remedy: 'leave it unset; BC_CA_FILE names roots to trust',
}

const dangers: ReadonlyArray<{ readonly option: RegExp; readonly problem: string }> = [
  {
    option: /^--(inspect|debug-port)/,
    problem: 'an inspector would show token, key and password to whoever connects',
  },
  { option: /^--tls-keylog/, problem: 'a TLS key log would let others read what is sent to the bank' },
  { option: /^--trace-tls/, problem: 'a trace of TLS would show in the log what nobody may read' },
  { option: /^--tls-min-v1\.[01]$/, problem: 'TLS before 1.2 is broken, and the bank speaks 1.2' },
  {
    option: /^--(heapsnapshot|report-(on|uncaught)|abort-on)/,
    problem: 'a snapshot, report or core dump would hold token, key and password',
  },
  { option: /^--insecure-http-parser/, problem: 'a lenient HTTP parser lets smuggled requests pass' },
]

/** Node.js takes quotes off, and underscores for hyphens. */
function canonicalOption(option: string): string {
  return option.replace(/["'\\]/g, '').replaceAll('_', '-')
}
