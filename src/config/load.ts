import { configurationFrom } from './configuration.ts'
import { type ConfigurationOptions, type Draft, readDraft } from './draft.ts'
import { ConfigurationError } from './fault.ts'
import type { ListenAddress } from './listen-address.ts'
import { nodeFaults } from './node-options.ts'
import { topFields } from './process-fields.ts'
import type { Configuration } from './schema.ts'
import { parseSection } from './section.ts'
import { removeSecrets, unknownVariables, type Variables } from './variables.ts'

/**
 * The whole configuration, from variables or a file. Rejects with a ConfigurationError that tells every fault at
 * once. Credential files are not read here: a missing one never ends the sidecar.
 */
export function loadConfiguration(options: ConfigurationOptions = {}): Promise<Configuration> {
  return withDraft(options, (draft, env) =>
    configurationFrom(draft, [...nodeFaults(env), ...unknownVariables(env)]),
  )
}

/**
 * Only where the admin listener is, for whoever asks a running sidecar: from another container, too, where the
 * other settings are missing.
 */
export function loadAdminListen(options: ConfigurationOptions = {}): Promise<ListenAddress> {
  return withDraft(options, ({ top, faults, file }) => {
    const parsed = parseSection({ adminListen: topFields.adminListen }, top)
    const { adminListen } = parsed.values
    if (adminListen !== undefined && faults.length === 0) return adminListen
    throw new ConfigurationError([...faults, ...parsed.faults], file)
  })
}

async function withDraft<Result>(
  { env = process.env, file, cwd = process.cwd() }: ConfigurationOptions,
  use: (draft: Draft, env: Variables) => Result,
): Promise<Result> {
  try {
    return use(await readDraft(env, cwd, file), env)
  } finally {
    removeSecrets(env)
  }
}
