import { ConfigurationError, type Fault } from '../../src/config/fault.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import type { Configuration, EnvironmentSettings } from '../../src/config/schema.ts'

/** The least that makes a configuration; a new one for each test, because loading removes secrets from it. */
export function soundVariables(
  more: Record<string, string | undefined> = {},
): Record<string, string | undefined> {
  return {
    BC_USERNAME_FILE: 'username',
    BC_PASSWORD_FILE: 'password',
    BC_CERTIFICATE_FILE: 'client.pfx',
    ...more,
  }
}

export const soundEnvironment = {
  usernameFile: 'username',
  passwordFile: 'password',
  certificateFile: 'client.pfx',
}

export function load(more: Record<string, string | undefined> = {}): Promise<Configuration> {
  return loadConfiguration({ env: soundVariables(more), cwd: '/srv' })
}

/** The one environment that variables make. */
export async function loadEnvironment(
  more: Record<string, string | undefined>,
): Promise<EnvironmentSettings> {
  const { environments } = await load(more)
  return environments[0] as EnvironmentSettings
}

export async function errorOf(loading: Promise<unknown>): Promise<ConfigurationError> {
  const result = await loading.catch((error: unknown) => error)
  if (result instanceof ConfigurationError) return result
  throw new Error('no ConfigurationError', { cause: result })
}

export async function faultsOf(more: Record<string, string | undefined>): Promise<readonly Fault[]> {
  return (await errorOf(load(more))).faults
}
