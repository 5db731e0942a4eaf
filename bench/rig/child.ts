import { type ChildProcess, execFileSync, type StdioOptions, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A program under measurement, or one that helps to measure; with everything that it started. */
export interface Child {
  readonly process: ChildProcess
  /** CPU that it has used so far, user and system, in µs. */
  cpuMicros(): number
  residentBytes(): number
  stop(): Promise<void>
}

export interface ChildOptions {
  readonly command: readonly string[]
  readonly core: number
  readonly env?: Record<string, string>
  readonly cwd?: string
  /** Default: all of it is thrown away but standard error. */
  readonly stdio?: StdioOptions
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
const pageBytes = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }))

/** Starts a program that may run on one core only. */
export function startChild({ command, core, env, cwd, stdio }: ChildOptions): Child {
  const child = spawn('taskset', ['--cpu-list', String(core), ...command], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    stdio: stdio ?? ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', resolve))
  const pid = child.pid as number
  const sum = (field: (stat: string[]) => number): number =>
    familyOf(pid).reduce((total, member) => total + field(statOf(member)), 0)
  return {
    process: child,
    // proc(5): utime and stime are the fields 14 and 15, rss is 24; what follows the name begins with field 3.
    cpuMicros: () => (sum((stat) => Number(stat[11]) + Number(stat[12])) / ticksPerSecond) * 1e6,
    residentBytes: () => sum((stat) => Number(stat[21])) * pageBytes,
    async stop() {
      child.kill('SIGTERM')
      const cut = setTimeout(() => child.kill('SIGKILL'), 5_000)
      await ended
      clearTimeout(cut)
    },
  }
}

function familyOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(familyOf)]
}

function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** Until something listens on the port; fails when the child ends before. */
export async function listening(port: number, child: Child): Promise<void> {
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; ) {
    if (child.process.exitCode !== null) throw new Error(`it ended with ${child.process.exitCode}`)
    if (await accepts(port)) return
    await sleep(10)
  }
  throw new Error(`nothing listens on port ${port}`)
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
