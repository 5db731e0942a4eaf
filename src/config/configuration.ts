import { urlsOf } from './bank-environments.ts'
import { credentialFields } from './credential-fields.ts'
import type { Draft } from './draft.ts'
import { ConfigurationError, type Fault } from './fault.ts'
import type { Values } from './field.ts'
import type { NamedSection } from './file-sections.ts'
import { type NamedListener, sharedListeners } from './listeners.ts'
import { outboundFields, topFields } from './process-fields.ts'
import { environmentRules, remoteFault } from './rules.ts'
import {
  type Configuration,
  type CredentialSources,
  type EnvironmentSettings,
  type OutboundProxy,
  type TrafficValues,
  trafficFields,
} from './schema.ts'
import { parseSection } from './section.ts'

/** The whole configuration, or a ConfigurationError with every fault of it: `earlier` and those found here. */
export function configurationFrom(draft: Draft, earlier: readonly Fault[]): Configuration {
  const top = parseSection(topFields, draft.top)
  const outbound = parseSection(outboundFields, draft.outbound)
  const environments = draft.environments.map(checkEnvironment)
  const adminKey = draft.top.nameOf('adminListen')
  const { adminListen, adminAllowRemote } = top.values
  const remote = remoteFault(adminListen, adminAllowRemote, adminKey, draft.top.nameOf('adminAllowRemote'))
  const listeners = [...environments.map(({ listener }) => listener), { key: adminKey, address: adminListen }]
  const faults = [
    ...earlier,
    ...draft.faults,
    ...environments.flatMap((environment) => environment.faults),
    ...top.faults,
    ...(remote === undefined ? [] : [remote]),
    ...sharedListeners(listeners),
    ...outbound.faults,
  ]
  if (faults.length > 0) throw new ConfigurationError(faults, draft.file)
  return {
    ...(top.values as Values<typeof topFields>),
    environments: environments.map(({ settings }) => settings()),
    outboundProxy: proxyFrom(outbound.values),
  }
}

interface CheckedEnvironment {
  readonly faults: readonly Fault[]
  readonly listener: NamedListener
  /** Only to be called when there are no faults. */
  readonly settings: () => EnvironmentSettings
}

function checkEnvironment({ name, section }: NamedSection): CheckedEnvironment {
  const credentials = parseSection(credentialFields, section)
  const traffic = parseSection(trafficFields, section)
  const input = { ...section, name, values: traffic.values }
  const broken = environmentRules.flatMap((rule) => rule(input) ?? [])
  return {
    faults: [...traffic.faults, ...credentials.faults, ...broken],
    listener: { key: section.nameOf('listen'), address: traffic.values.listen },
    settings: () =>
      soundSettings(name as string, {
        ...(traffic.values as TrafficValues),
        credentials: credentials.values as CredentialSources,
      }),
  }
}

/** Their absence would have been a fault. */
function soundSettings(
  name: string,
  values: TrafficValues & { readonly credentials: CredentialSources },
): EnvironmentSettings {
  const bank = urlsOf(name)
  return {
    ...values,
    name,
    baseUrl: (values.baseUrl ?? bank?.baseUrl) as string,
    authorizationUrl: (values.authorizationUrl ?? bank?.authorizationUrl) as string,
  }
}

function proxyFrom({
  httpsProxy,
  noProxy = '',
}: Partial<Values<typeof outboundFields>>): OutboundProxy | undefined {
  return httpsProxy && { url: httpsProxy, noProxy }
}
