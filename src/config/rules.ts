import { bankEnvironmentNames, environmentOf, urlsOf } from './bank-environments.ts'
import { type Fault, shown } from './fault.ts'
import { type ListenAddress, remoteHost } from './listen-address.ts'
import type { TrafficValues } from './schema.ts'
import type { Section } from './section.ts'
import { nearest } from './suggestion.ts'

/** What is known of one environment: the sound values, and what somebody wrote. */
export interface RuleInput extends Section {
  /** undefined: it is faulty itself. */
  readonly name: string | undefined
  readonly values: Partial<TrafficValues>
}

export type Rule = (input: RuleInput) => Fault | undefined

type Login = 'username' | 'password' | 'certificatePassphrase'

/** The rules across the settings of one environment, in the order in which they are told. */
export const environmentRules: readonly Rule[] = [
  urlNeeded('baseUrl'),
  urlNeeded('authorizationUrl'),
  urlsOfOneEnvironment,
  remoteAllowed,
  loginNeeded('username'),
  oneForm('username'),
  loginNeeded('password'),
  oneForm('password'),
  oneForm('certificatePassphrase'),
  replayWithinTotal,
]

/** Only the bank's own environments are known by name. */
function urlNeeded(key: 'baseUrl' | 'authorizationUrl'): Rule {
  return ({ name, given, nameOf }) => {
    if (name === undefined || key in given || urlsOf(name) !== undefined) return undefined
    const meant = nearest(name, bankEnvironmentNames)
    return {
      key: nameOf(key),
      problem: `it is not set, and no URL of the bank is known for the environment "${name}"`,
      remedy: `its https origin${meant === undefined ? '' : `, or the environment ${meant}`}`,
    }
  }
}

/** Sandbox credentials must not reach production, nor a payment that is a test. */
function urlsOfOneEnvironment({ name, values, nameOf }: RuleInput): Fault | undefined {
  const own = bankEnvironmentNames.find((known) => known === name)
  const owners = [own, ...[values.baseUrl, values.authorizationUrl].map((url) => url && environmentOf(url))]
  const [first, second] = [...new Set(owners.filter((owner) => owner !== undefined))]
  if (second === undefined) return undefined
  return {
    key: nameOf(environmentOf(values.authorizationUrl ?? '') === second ? 'authorizationUrl' : 'baseUrl'),
    problem: `the bank's ${first} and ${second} are mixed`,
    remedy: 'name and both URLs of one environment; without URLs the name decides',
  }
}

function remoteAllowed({ values, nameOf }: RuleInput): Fault | undefined {
  return remoteFault(values.listen, values.allowRemote, nameOf('listen'), nameOf('allowRemote'))
}

/** Each listener has to be opened by itself. `allowed` undefined: faulty, which has been told. */
export function remoteFault(
  address: ListenAddress | undefined,
  allowed: boolean | undefined,
  key: string,
  allowKey: string,
): Fault | undefined {
  const host = address && remoteHost(address)
  if (host === undefined || allowed !== false) return undefined
  return {
    key,
    problem: `other machines could connect to ${shown(host)}: it is no loopback address`,
    remedy: `127.0.0.1, [::1] or a unix socket; or set ${allowKey} to true, if other machines are meant to`,
  }
}

function loginNeeded(key: 'username' | 'password'): Rule {
  return ({ given, nameOf }) => {
    if (key in given || `${key}File` in given) return undefined
    const remedy = `${nameOf(`${key}File`)}, the path of a file that holds it, or ${nameOf(key)}`
    return { key: nameOf(key), problem: 'it is not set', remedy }
  }
}

function oneForm(key: Login): Rule {
  return ({ given, nameOf }) => {
    const [value, file] = [nameOf(key), nameOf(`${key}File`)]
    if (!(key in given && `${key}File` in given)) return undefined
    return {
      key: value,
      problem: `it is set, and ${file} as well`,
      remedy: `one of them; ${file} is better: it is read again when it changes`,
    }
  }
}

/** A total below the limit's default asks for nothing that cannot be; a limit above the total does. */
function replayWithinTotal({ given, values, nameOf }: RuleInput): Fault | undefined {
  const { replayLimitBytes: limit, replayTotalBytes: total } = values
  if (!('replayLimitBytes' in given) || limit === undefined || total === undefined || limit <= total)
    return undefined
  return {
    key: nameOf('replayLimitBytes'),
    problem: `one body of ${limit} bytes does not fit into the total of ${total}`,
    remedy: `at most ${nameOf('replayTotalBytes')}`,
  }
}
