import { watchDirectories } from './directory-hints.ts'

export interface FileWatchOptions {
  readonly paths: readonly string[]
  /** The longest between two looks: events are a hint only. */
  readonly pollMs: number
  /** Reads the files; never called twice at once, must not reject. `urgent`: somebody asked for it. */
  readonly look: (urgent: boolean) => Promise<void>
}

export interface FileWatch {
  /** The first look is over. */
  readonly started: Promise<void>
  /** Looks at once; if a look is under way, once more after it. */
  hurry(): void
  close(): Promise<void>
}

/** Events come in bursts: a file that is written in place gives several. */
const hintDelayMs = 100

/** Looks at files at once, then every `pollMs`, sooner when their directories change. Keeps no process alive. */
export function watchFiles({ paths, pollMs, look }: FileWatchOptions): FileWatch {
  let closed = false
  let urgent = true
  const pause = createPause(pollMs)
  const hints = watchDirectories({ paths, hint: pause.shorten })
  const once = async (): Promise<void> => {
    const asked = urgent
    urgent = false
    await hints.refresh()
    await look(asked)
  }
  const goOn = async (): Promise<void> => {
    while (!closed) {
      if (!urgent) await pause.take()
      if (!closed) await once()
    }
  }
  const started = once()
  const ended = started.then(goOn)
  return {
    started,
    hurry: () => {
      urgent = true
      pause.end()
    },
    close: async () => {
      closed = true
      hints.close()
      pause.end()
      await ended
    },
  }
}

interface Pause {
  take(): Promise<void>
  /** Lets the pause last for a moment longer at most. */
  readonly shorten: () => void
  end(): void
}

function createPause(pollMs: number): Pause {
  let timers: NodeJS.Timeout[] = []
  let end = (): void => undefined
  return {
    take: () =>
      new Promise((resolve) => {
        end = () => {
          for (const timer of timers) clearTimeout(timer)
          timers = []
          resolve()
        }
        timers = [setTimeout(end, pollMs).unref()]
      }),
    shorten: () => {
      if (timers.length === 1) timers.push(setTimeout(end, hintDelayMs).unref())
    },
    end: () => end(),
  }
}
