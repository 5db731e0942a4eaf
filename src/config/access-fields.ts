import { accessRule } from './access-rule.ts'
import { allowedHost } from './allowed-host.ts'
import { optional, withDefault } from './field.ts'
import { listenAddress } from './listen-address.ts'
import { flag, list, path } from './plain-kinds.ts'
import { httpsOrigin } from './url-kinds.ts'

export const accessFields = {
  baseUrl: optional(httpsOrigin, {
    variable: 'BC_BASE_URL',
    defaultText: "the environment's",
    description: "The bank's API: an https origin",
  }),
  authorizationUrl: optional(httpsOrigin, {
    variable: 'BC_AUTHORIZATION_URL',
    defaultText: "the environment's",
    description: 'Where tokens come from: an https origin',
  }),
  listen: withDefault(listenAddress, '127.0.0.1:8080', {
    variable: 'BC_LISTEN',
    description: 'Where apps reach this environment: host:port, or unix:/path',
  }),
  allowRemote: withDefault(flag, false, {
    variable: 'BC_ALLOW_REMOTE',
    description: 'Needed to listen for apps on anything but loopback or a unix socket',
  }),
  appSecretFile: optional(path, {
    variable: 'BC_APP_SECRET_FILE',
    description: 'When set, apps must send its content in the header bc-sidecar-secret; re-read',
  }),
  allowedHosts: withDefault(list(allowedHost), [], {
    variable: 'BC_ALLOWED_HOSTS',
    description: 'What Host may be beside loopback and the address connected to: name or name:port',
  }),
  allow: optional(list(accessRule, { atLeast: 1 }), {
    variable: 'BC_ALLOW',
    defaultText: 'everything',
    description: 'Which calls apps may make: METHOD /path, with * and a last /**',
  }),
}
