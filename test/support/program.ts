import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { bareNode, bundledMain } from './bundled.ts'
import { until } from './until.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export interface Program {
  readonly pid: number
  stdout(): string
  stderr(): string
  /** The lines of standard output that are JSON. */
  lines(): Record<string, unknown>[]
  /** The first line with that event, once it is there. */
  event(name: string, fields?: Record<string, unknown>): Promise<Record<string, unknown>>
  /** Origin of the first environment's listener, or of that name; waits for it. */
  apps(environment?: string): Promise<string>
  admin(): Promise<string>
  signal(name: NodeJS.Signals): void
  /** The exit status, or the signal that ended it. */
  ended(): Promise<number | NodeJS.Signals>
}

export interface ProgramOptions {
  readonly env?: Record<string, string>
  /** More options for Node.js. */
  readonly nodeOptions?: readonly string[]
  /** Without what tap adds to Node.js: no coverage, and Node.js must know TypeScript by itself. */
  readonly bare?: boolean
  /** As the image has it, which starts in a third of the time: what needs no coverage of its own. */
  readonly bundled?: boolean
}

/** The real program in a process of its own, with none of this process's settings; ends with the test. */
export function startProgram(t: Test, args: readonly string[], options: ProgramOptions = {}): Program {
  const { env = {}, nodeOptions = [], bundled = false, bare = bundled } = options
  const own = [...nodeOptions, bundled ? bundledMain() : main, ...args]
  const [command, rest] = bare ? bareNode(own) : [process.execPath, [...process.execArgv, ...own]]
  return followProgram(t, command, rest, env)
}

/** Any command that writes what the program writes; ends with the test. */
export function followProgram(
  t: Test,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(command, args, {
    env: { ...withoutSettings(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  let closed = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.on('close', () => {
    closed = true
  })
  const lines = (): Record<string, unknown>[] =>
    stdout
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
  const event: Program['event'] = (name, fields = {}) =>
    until(
      () => {
        const wanted = Object.entries({ event: name, ...fields })
        const found = lines().find((line) => wanted.every(([key, value]) => line[key] === value))
        if (found === undefined && closed) throw new Error(`it ended: ${stderr}${stdout}`)
        return found
      },
      { what: `${name} is logged` },
    )
  const originOf = ({ address }: Record<string, unknown>): string =>
    `http://${String(address).replace('http://', '')}`
  return {
    pid: Number(child.pid),
    stdout: () => stdout,
    stderr: () => stderr,
    lines,
    event,
    apps: async (environment) =>
      originOf(await event('listening', environment === undefined ? {} : { environment })),
    admin: async () => originOf(await event('listening', { admin: true })),
    signal: (name) => void child.kill(name),
    async ended() {
      await until(() => closed, { what: 'the program ends' })
      return child.exitCode ?? (child.signalCode as NodeJS.Signals)
    },
  }
}

/** A directory whose path is short: that of a unix socket may have 107 bytes. */
export function socketDirectory(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'bc-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A GET over a unix socket: its status. */
export function getOverSocket(socketPath: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path, headers: { host: 'localhost' }, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
      .on('error', reject)
      .end()
  })
}

function withoutSettings(env: NodeJS.ProcessEnv): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => !/^BC_|_proxy$/i.test(name))
  return Object.fromEntries(kept) as Record<string, string>
}
