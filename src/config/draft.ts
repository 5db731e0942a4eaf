import { resolve } from 'node:path'
import type { Fault } from './fault.ts'
import { fileSections, type NamedSection } from './file-sections.ts'
import { parseYaml } from './parse-yaml.ts'
import { outboundFields, selectionFields, topFields } from './process-fields.ts'
import { readText } from './read-text.ts'
import { environmentFields } from './schema.ts'
import { isSet, parseSection, type Section } from './section.ts'
import { sectionFrom, setVariables, type Variables } from './variables.ts'

export interface ConfigurationOptions {
  /** Secrets are removed from it. Default: `process.env`. */
  readonly env?: Variables
  /** The YAML file; goes before BC_CONFIG_FILE. */
  readonly file?: string | undefined
  /** What relative paths in variables are relative to. Default: `process.cwd()`. */
  readonly cwd?: string
}

/** What somebody wrote, wherever it stands; nothing is checked yet but where it stands. */
export interface Draft {
  readonly file: string | undefined
  readonly top: Section
  readonly outbound: Section
  readonly environments: readonly NamedSection[]
  readonly faults: readonly Fault[]
}

export async function readDraft(env: Variables, cwd: string, chosen: string | undefined): Promise<Draft> {
  const selection = sectionFrom(selectionFields, env, cwd)
  const file = chosen === undefined ? selection.given['configFile'] : resolve(cwd, chosen)
  const top = sectionFrom(topFields, env, cwd)
  const outbound = sectionFrom(outboundFields, env, cwd)
  if (typeof file === 'string') return { ...(await fromFile(file, env, top)), outbound }
  const { values, faults } = parseSection(selectionFields, selection)
  const section = sectionFrom(environmentFields, env, cwd)
  return { file: undefined, top, outbound, environments: [{ name: values.environment, section }], faults }
}

async function fromFile(file: string, env: Variables, variables: Section): Promise<Omit<Draft, 'outbound'>> {
  const faults = variablesBeside(env)
  const read = await readText(file)
  if ('fault' in read) return { file, top: variables, environments: [], faults: [...faults, read.fault] }
  const yaml = await parseYaml(read.text, file)
  if (yaml.faults.length > 0) {
    return { file, top: variables, environments: [], faults: [...faults, ...yaml.faults] }
  }
  const sections = fileSections(yaml.value, file)
  const top = override(sections.top, variables)
  return { file, top, environments: sections.environments, faults: [...faults, ...sections.faults] }
}

/** Which of the file's environments would they mean? */
function variablesBeside(env: Variables): Fault[] {
  const { environment } = selectionFields
  return setVariables({ environment, ...environmentFields }, env).map((key) => ({
    key,
    problem: 'it is set beside a configuration file, which has the environments',
    remedy: 'the setting in the file, or no file',
  }))
}

/** A setting at the top level of the file may be given as a variable as well, which wins. */
function override(file: Section, variables: Section): Section {
  return {
    given: { ...file.given, ...variables.given },
    nameOf: (key) => (isSet(variables.given[key]) ? variables : file).nameOf(key),
  }
}
