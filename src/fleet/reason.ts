/** By Redis's own code or that of Node.js: for whoever reads the log. */
const reasons: Readonly<Record<string, string>> = {
  NO_ANSWER: 'no answer in time',
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'its name cannot be resolved',
  WRONGPASS: 'user or password is wrong',
  NOAUTH: 'it asks for a password',
  DENIED: 'it is in protected mode, and without a password takes no connections from other machines',
  NOPERM: 'its user may not do this: see docs/fleet.md',
  READONLY: 'it is a replica, and cannot be written to',
  OOM: 'its memory is full',
  LOADING: 'it is still reading its data',
  MISCONF: 'it cannot save its data, and refuses to be written to',
  MOVED: 'it is a node of a cluster, which is not supported',
}

/** Why the store cannot be used. Nothing of an error's text: it may quote a URL, a key or a password. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error)
  return reasons[code] ?? (code === '' ? 'the connection was lost' : code)
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  // Redis begins an error with a word in capitals.
  return /^[A-Z]{3,20}(?= )/.exec(error.message)?.[0] ?? ''
}
