/**
 * `node --import` for tests, benchmarks and soaks: Node.js 20 cannot strip types by itself. tap's way there loads the
 * TypeScript compiler in every process that a test starts, two seconds each; this one keeps what it made.
 */
import { register } from 'node:module'

process.env.TAP_TYPE_STRIP_ONLY = '1'
register('./strip-types-hooks.mjs', import.meta.url)
