import { withDefault } from './field.ts'
import { bytes, milliseconds, startMoment, wholeNumber } from './plain-kinds.ts'

const gibibyte = 1024 ** 3

export const boundFields = {
  refreshMarginMs: withDefault(milliseconds({ min: 0 }), 30_000, {
    variable: 'BC_REFRESH_MARGIN_MS',
    description: 'How long before its expiry a token in use is renewed, at most half its lifetime',
  }),
  tokenRequestsPerMinute: withDefault(wholeNumber({ min: 1, max: 100_000 }), 6, {
    variable: 'BC_TOKEN_REQUESTS_PER_MINUTE',
    description: 'The most token requests in any minute, whatever happens',
  }),
  tokenAtStart: withDefault(startMoment, 'now', {
    variable: 'BC_TOKEN_AT_START',
    description: 'When the first token is asked for: now, at a random moment within so many ms, or never',
  }),
  connectTimeoutMs: withDefault(milliseconds({ min: 1 }), 5000, {
    variable: 'BC_CONNECT_TIMEOUT_MS',
    description: 'Connecting to the bank: name resolution, TCP, TLS',
  }),
  responseTimeoutMs: withDefault(milliseconds({ min: 1 }), 60_000, {
    variable: 'BC_RESPONSE_TIMEOUT_MS',
    description: "From the request's last byte to the answer's headers, and between pieces of its body",
  }),
  tokenTimeoutMs: withDefault(milliseconds({ min: 1 }), 10_000, {
    variable: 'BC_TOKEN_TIMEOUT_MS',
    description: 'One token request, and the longest that a request waits for it',
  }),
  maxConnections: withDefault(wholeNumber({ min: 1, max: 65_535 }), 64, {
    variable: 'BC_MAX_CONNECTIONS',
    description: 'Connections to the bank',
  }),
  keepAliveTimeoutMs: withDefault(milliseconds({ min: 1 }), 10_000, {
    variable: 'BC_KEEP_ALIVE_TIMEOUT_MS',
    description: 'How long idle connections to the bank live',
  }),
  maxInFlight: withDefault(wholeNumber({ min: 1, max: 65_535 }), 512, {
    variable: 'BC_MAX_IN_FLIGHT',
    description: 'Requests at once; one more is answered 503',
  }),
  bodyLimitBytes: withDefault(bytes({ min: 1, max: 16 * gibibyte }), 10_485_760, {
    variable: 'BC_BODY_LIMIT_BYTES',
    description: 'The largest request body',
  }),
  replayLimitBytes: withDefault(bytes({ min: 0, max: gibibyte }), 262_144, {
    variable: 'BC_REPLAY_LIMIT_BYTES',
    description: 'The largest body that is kept until the bank has answered, to be sent again after a 401',
  }),
  replayTotalBytes: withDefault(bytes({ min: 0, max: 16 * gibibyte }), 16_777_216, {
    variable: 'BC_REPLAY_TOTAL_BYTES',
    description: 'The most bytes of bodies that are kept at once',
  }),
}
