import { environmentName } from './environment-name.ts'
import { optional, withDefault } from './field.ts'
import { listenAddress } from './listen-address.ts'
import { choice, flag, milliseconds, path, plainText } from './plain-kinds.ts'
import { proxyUrl, tokenCache } from './url-kinds.ts'

/** Variables only: which environment the other variables mean, or the file that is there instead. */
export const selectionFields = {
  environment: withDefault(environmentName, 'sandbox', {
    variable: 'BC_ENVIRONMENT',
    description: 'sandbox, production, or another name (then both URLs are needed)',
  }),
  configFile: optional(path, {
    variable: 'BC_CONFIG_FILE',
    description: 'A YAML file with several environments, as --config FILE',
  }),
}

/** The top level of a file; as variables they may stand beside a file, and win. */
export const topFields = {
  adminListen: withDefault(listenAddress, '127.0.0.1:9901', {
    variable: 'BC_ADMIN_LISTEN',
    description: 'Where health, metrics and status are: host:port, or unix:/path',
  }),
  adminAllowRemote: withDefault(flag, false, {
    variable: 'BC_ADMIN_ALLOW_REMOTE',
    description: 'Needed to serve probes and Prometheus on anything but loopback; it opens nothing else',
  }),
  logLevel: withDefault(choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']), 'info', {
    variable: 'BC_LOG_LEVEL',
    description: "How much is logged: pino's levels",
  }),
  logFormat: withDefault(choice(['json', 'pretty']), 'json', {
    variable: 'BC_LOG_FORMAT',
    description: 'json for machines, pretty for people',
  }),
  tokenCache: withDefault(tokenCache, 'memory', {
    variable: 'BC_TOKEN_CACHE',
    description: 'memory, or redis://… or rediss://… to share one token among many sidecars',
  }),
  drainDelayMs: withDefault(milliseconds({ min: 0 }), 0, {
    variable: 'BC_DRAIN_DELAY_MS',
    description: 'How long after SIGTERM everything is served as before',
  }),
  drainTimeoutMs: withDefault(milliseconds({ min: 0 }), 25_000, {
    variable: 'BC_DRAIN_TIMEOUT_MS',
    description: 'How long after that requests in flight may take',
  }),
}

/** Variables only, as other programs know them. */
export const outboundFields = {
  httpsProxy: optional(proxyUrl, {
    variable: 'HTTPS_PROXY',
    alias: 'https_proxy',
    description: 'An outbound HTTP proxy with CONNECT; mutual TLS goes through it to the bank',
  }),
  noProxy: optional(plainText, {
    variable: 'NO_PROXY',
    alias: 'no_proxy',
    description: 'Hosts that are reached without it; none is exempt otherwise',
  }),
}
