import { write as fsWrite, writeSync as fsWriteSync } from 'node:fs'

export interface Writer {
  readonly write: (line: string) => void
  /** Writes out, before it returns, what is not yet on its way: for the end of the process. */
  readonly flush: () => void
}

export interface WriterOptions {
  readonly fd: number
  /** Told once the reader has caught up, how many lines there was no room for. */
  readonly onDropped: (lines: number) => void
  readonly flushIntervalMs?: number
  readonly chunkLength?: number
  readonly limitLength?: number
  readonly write?: (fd: number, bytes: Buffer, done: (error: Error | null, written: number) => void) => void
  readonly writeSync?: (fd: number, bytes: Buffer) => number
}

const retryMs = 20
const flushTries = 100

/**
 * Lines gathered into few writes, on a thread of libuv's, so that a slow reader of the log stops no request.
 * sonic-boom does nearly the same, but loses a chunk that waits after EAGAIN when it is flushed at exit,
 * waits for ever there when nobody reads, and lets any other failure than EPIPE end the process.
 */
export function createWriter(options: WriterOptions): Writer {
  const { fd, onDropped, flushIntervalMs = 200, chunkLength = 65_536, limitLength = 4_194_304 } = options
  const { write = fsWrite, writeSync = fsWriteSync } = options
  let pending = ''
  let dropped = 0
  let chunk: Buffer | undefined // taken from `pending`, not yet written
  let inThread = false // the chunk is the thread's now: nobody else may write it
  let timer: NodeJS.Timeout | undefined

  function add(line: string): void {
    if (pending.length + line.length > limitLength) {
      dropped += 1
      return
    }
    pending += line
    schedule()
  }

  function schedule(): void {
    if (chunk === undefined && pending.length >= chunkLength) start()
    else timer ??= setTimeout(start, flushIntervalMs).unref()
  }

  function start(): void {
    clearTimeout(timer)
    timer = undefined
    if (chunk !== undefined || pending === '') return
    chunk = Buffer.from(pending)
    pending = ''
    send(chunk)
  }

  function send(bytes: Buffer): void {
    chunk = bytes
    inThread = true
    write(fd, bytes, (error, written) => {
      inThread = false
      if (isBusy(error)) setTimeout(() => chunk && send(chunk), retryMs)
      else if (error === null && written < bytes.length) send(bytes.subarray(written))
      else finish()
    })
  }

  /** Written, or not to be written ever (EPIPE, a full disk): the next chunk is tried all the same. */
  function finish(): void {
    chunk = undefined
    if (pending !== '') schedule()
    if (dropped === 0) return
    const lines = dropped
    dropped = 0
    onDropped(lines)
  }

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const waiting = chunk !== undefined && !inThread ? chunk : Buffer.alloc(0)
    if (!inThread) chunk = undefined
    const bytes = Buffer.concat([waiting, Buffer.from(pending)])
    pending = ''
    writeAll(bytes, (rest) => writeSync(fd, rest))
  }

  return { write: add, flush }
}

/** Gives up on a reader that takes nothing for two seconds: an exit must come to its end. */
function writeAll(bytes: Buffer, write: (rest: Buffer) => number): void {
  let rest = bytes
  for (let tries = 0; rest.length > 0 && tries < flushTries; ) {
    try {
      rest = rest.subarray(write(rest))
      tries = 0
    } catch (error) {
      if (!isBusy(error)) return
      tries += 1
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs)
    }
  }
}

/** A pipe that is full, and does not block. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EBUSY')
}
