import { readFileSync } from 'node:fs'
import { request as plainRequest } from 'node:https'
import { join } from 'node:path'
import type { ConnectionOptions } from 'node:tls'
import { t as root, type Test } from 'tap'
import { Agent, request } from 'undici'
import { generateKeyPair, type KeyPair } from '../../src/simulator/certificate.ts'
import { parseFaults } from '../../src/simulator/faults.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts'

export interface Answer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any
}

interface Call {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer | object
}

export interface BankClient {
  readonly dir: string
  readonly simulator: Simulator
  /** To the API, with a token of its own unless `authorization` is given. */
  readonly call: (path: string, call?: Call) => Promise<Answer>
  /** To the token endpoint, with the right Basic header unless `authorization` is given. */
  readonly login: (headers?: Record<string, string>) => Promise<Answer>
}

const anyPort = { host: '127.0.0.1', port: 0 }

export const file = (dir: string, name: string): Buffer => readFileSync(join(dir, name))
export const text = (dir: string, name: string): string => file(dir, name).toString()

/** One for all tests of a file: the first start fills it, and the others are quicker. */
export const sharedDir: string = root.testdir()

const keys: Promise<KeyPair>[] = []
let keysGiven = 0

/** Four by turns, as two sets of credentials need: RSA keys take long to make, and are no test's subject. */
export function generateKeys(): Promise<KeyPair> {
  const turn = keysGiven++ % 4
  keys[turn] ??= generateKeyPair()
  return keys[turn]
}

export type Overrides = Partial<Omit<SimulatorOptions, 'faults'>> & { readonly faults?: string }

/** A simulator on free ports, which stops at the test's end. */
export async function start(t: Test, dir: string, overrides: Overrides = {}): Promise<Simulator> {
  const { faults = '', ...options } = overrides
  const simulator = await startSimulator({
    dir,
    listen: anyPort,
    authorizationListen: anyPort,
    tokenTtlSeconds: 300,
    throttlePerMinute: 1000,
    allowRemote: false,
    hostnames: [],
    faults: parseFaults(faults),
    generateKeys,
    ...options,
  })
  t.teardown(() => simulator.stop())
  return simulator
}

/** What a client's TLS needs, from the files that the simulator wrote. */
export function identity(dir: string): ConnectionOptions {
  return { ca: file(dir, 'ca.pem'), pfx: file(dir, 'client.pfx'), passphrase: text(dir, 'passphrase') }
}

/** A simulator, and a client of it with `client.pfx`. */
export async function startWithClient(t: Test, dir: string, overrides: Overrides = {}): Promise<BankClient> {
  const simulator = await start(t, dir, overrides)
  const dispatcher = new Agent({ connect: identity(dir) as object })
  t.teardown(() => dispatcher.destroy())
  const send = async (url: string, { method = 'GET', headers = {}, body }: Call): Promise<Answer> => {
    const bytes = typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : (body ?? null)
    const answer = await request(url, { dispatcher, method: method as 'GET', headers, body: bytes })
    return answerOf(answer.statusCode, answer.headers, await answer.body.text())
  }
  const login = (headers: Record<string, string> = {}): Promise<Answer> =>
    send(`${simulator.authorizationUrl}/api/v1/authorizations/authorize`, {
      headers: { 'content-type': 'application/json', authorization: basic(dir), ...headers },
    })
  let token: Promise<string> | undefined
  const ownToken = (): Promise<string> => {
    token ??= login().then(({ json }) => `Bearer ${json.access_token}`)
    return token
  }
  const call = async (path: string, given: Call = {}): Promise<Answer> => {
    const authorization = given.headers?.['authorization'] ?? (await ownToken())
    return send(simulator.baseUrl + path, { ...given, headers: { ...given.headers, authorization } })
  }
  return { dir, simulator, login, call }
}

/** Status of a request without credentials, or the error's code. */
export function ask(url: string, tls: ConnectionOptions): Promise<number | string | undefined> {
  return new Promise((resolve) => {
    const options = { ...tls, agent: false } as const
    plainRequest(`${url}/api/v1/accounts`, options, (response) => resolve(response.resume().statusCode))
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      .end()
  })
}

export function basic(dir: string): string {
  return `Basic ${Buffer.from(`${text(dir, 'username')}:${text(dir, 'password')}`).toString('base64')}`
}

function answerOf(status: number, headers: Answer['headers'], body: string): Answer {
  const isJson = String(headers['content-type']).includes('json')
  return { status, headers, text: body, json: isJson ? parsed(body) : undefined }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
