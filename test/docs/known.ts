import { families } from '../../src/admin/families.ts'
import { settings } from '../../src/config/settings.ts'
import { problems } from '../../src/errors.ts'
import { source } from './documents.ts'

export const codes: readonly string[] = Object.keys(problems)

export const metricNames: readonly string[] = families({
  version: '',
  node: '',
  counted: new Map(),
  tokenCache: () => ({ connected: true, since: 0, lastError: null }),
  reports: () => [],
}).map(({ name }) => name)

/** What `event` may be in a log line. */
export const events: readonly string[] = [
  ...new Set([...source.matchAll(/event: '([a-z_]+)'/g)].map(([, name = '']) => name)),
  ...['refused', 'deferred', 'unusable'].map((kind) => `credentials_${kind}`),
].sort()

export const variables: readonly string[] = settings.map(({ variable }) => variable)
