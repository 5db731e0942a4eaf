/**
 * `node --import`: how long the turns of the main thread's event loop are. On SIGUSR2 it writes the longest since the last time
 * as a line of JSON to standard error.
 *
 * `cpuMs` counts what the main thread itself computed, so that a busy machine changes nothing; it comes from the kernel's own
 * account (`man 5 proc`, schedstat) and may be too much by the interval and too little by a tick of the kernel, 4 ms at most.
 * `wallMs` counts the waiting for a core, too.
 */
import { openSync, readSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const intervalMs = 2

if (isMainThread) measure()

function measure() {
  const cpuMs = openAccount()
  let longest = { cpuMs: 0, wallMs: 0 }
  let last = { cpuMs: cpuMs(), at: performance.now() }
  setInterval(() => {
    const next = { cpuMs: cpuMs(), at: performance.now() }
    longest = {
      cpuMs: Math.max(longest.cpuMs, next.cpuMs - last.cpuMs),
      wallMs: Math.max(longest.wallMs, next.at - last.at),
    }
    last = next
  }, intervalMs).unref()
  process.on('SIGUSR2', () => {
    process.stderr.write(`${JSON.stringify({ longestTurn: longest })}\n`)
    longest = { cpuMs: 0, wallMs: 0 }
  })
}

/** Milliseconds that the main thread has spent on a core. */
function openAccount() {
  const file = openSync('/proc/self/schedstat')
  const bytes = Buffer.alloc(64)
  return () =>
    Number.parseInt(bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0)), 10) / 1e6
}
