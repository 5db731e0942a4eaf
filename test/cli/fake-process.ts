import { EventEmitter } from 'node:events'
import { pid } from 'node:process'
import type { Process } from '../../src/cli/command.ts'

export interface FakeProcess {
  readonly process: Process
  readonly stdout: () => string
  readonly stderr: () => string
  /** As if that signal came. */
  readonly signal: (name: NodeJS.Signals) => void
}

/** What a command sees of a process, without one. */
export function fakeProcess(args: readonly string[], env: Record<string, string> = {}): FakeProcess {
  const signals = new EventEmitter()
  const written = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof written) =>
    Object.assign(new EventEmitter(), {
      write(text: string) {
        written[name] += text
        return true
      },
    })
  const [stdout, stderr] = [stream('stdout'), stream('stderr')]
  const argv = ['node', 'main.js', ...args]
  const process = { pid, argv, env: { ...env }, stdout, stderr, on: signals.on.bind(signals) }
  return {
    process: process as unknown as Process,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    signal: (name) => void signals.emit(name),
  }
}
