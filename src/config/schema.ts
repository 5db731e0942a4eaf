import type { Secret } from '../secret.ts'
import { accessFields } from './access-fields.ts'
import { boundFields } from './bound-fields.ts'
import { credentialFields } from './credential-fields.ts'
import type { Values } from './field.ts'
import type { topFields } from './process-fields.ts'

/** What an environment has beside its credentials. */
export const trafficFields = { ...accessFields, ...boundFields }

/** `environments.<name>` of a file, or the variables for one environment. */
export const environmentFields = { ...trafficFields, ...credentialFields }

/** Where credentials come from: for each text either its value or a file. Paths are absolute. */
export type CredentialSources = Values<typeof credentialFields>

export type TrafficValues = Values<typeof trafficFields>

export interface EnvironmentSettings extends TrafficValues {
  readonly name: string
  readonly baseUrl: string
  readonly authorizationUrl: string
  readonly credentials: CredentialSources
}

export interface OutboundProxy {
  readonly url: Secret
  /** As NO_PROXY has it; '' for no exemption. */
  readonly noProxy: string
}

export interface Configuration extends Values<typeof topFields> {
  /** At least one. */
  readonly environments: readonly EnvironmentSettings[]
  readonly outboundProxy: OutboundProxy | undefined
}
