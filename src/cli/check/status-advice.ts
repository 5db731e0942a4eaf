import type { Advice } from './finding.ts'

/** Why the authorization endpoint gave no token; `status` is undefined when it did not answer. */
export function tokenAdvice(status: number | undefined, other: string): Advice {
  if (status === 400 || status === 401) {
    return {
      cause: `user name or password is wrong, has a stray character in it, or is that of ${other}`,
      cure: 'compare both with what the bank gave you for this environment; a file may end with one line break, no more',
    }
  }
  if (status === 403) return forbidden(other)
  if (status === 200) {
    return {
      cause: 'something else answers in place of the bank, such as a proxy with a page of its own',
      cure: 'compare BC_AUTHORIZATION_URL with the bank’s, and let nothing in between answer',
    }
  }
  return statusAdvice(status, 'BC_AUTHORIZATION_URL')
}

/** Why the API did not list accounts. */
export function apiAdvice(status: number, other: string): Advice {
  if (status === 401) {
    return {
      cause: `BC_BASE_URL and BC_AUTHORIZATION_URL are not of the same environment (perhaps one is that of ${other})`,
      cure: 'give both URLs of one environment',
    }
  }
  if (status !== 403) return statusAdvice(status, 'BC_BASE_URL')
  const { cause, cure } = forbidden(other)
  return { cause: `${cause}, or the user may not see accounts`, cure }
}

function forbidden(other: string): Advice {
  return {
    cause: `the public IP address of this machine is not on the bank's list, or user and certificate do not belong together (perhaps one is that of ${other})`,
    cure: 'give the bank the public IP address of this machine, or of the outbound proxy; compare user and certificate',
  }
}

function statusAdvice(status: number | undefined, setting: string): Advice {
  if (status === undefined) {
    return {
      cause: 'the connection was lost or stood still: a firewall, a proxy, or trouble at the bank',
      cure: 'try again; if it stays, ask who runs the network, then the bank',
    }
  }
  if (status === 429) {
    return {
      cause: 'too many requests from this IP address in this minute, perhaps of other programs behind it',
      cure: 'wait a minute; have programs share one sidecar, and so one token',
    }
  }
  if (status >= 500)
    return { cause: 'trouble at the bank', cure: 'try again later; if it stays, ask the bank' }
  return {
    cause: `${setting} does not lead to the bank's API, or something in between answers`,
    cure: `compare ${setting} with the bank's URL`,
  }
}
