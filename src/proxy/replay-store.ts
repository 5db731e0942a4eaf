export interface ReplayStoreOptions {
  /** The largest body that is kept. */
  readonly limitBytes: number
  /** The most that all kept bodies take together. */
  readonly totalBytes: number
}

/** A request body, kept until the bank has answered, so that a request refused with 401 can be sent again. */
export interface KeptBody {
  add(chunk: Buffer): void
  /** The whole body; undefined when it outgrew the limits. */
  whole(): Buffer | undefined
  /** Gives the memory back; may be called twice. */
  release(): void
}

export interface ReplayStore {
  keep(): KeptBody
  /** What all kept bodies take now. */
  heldBytes(): number
}

export function createReplayStore({ limitBytes, totalBytes }: ReplayStoreOptions): ReplayStore {
  let held = 0

  function keep(): KeptBody {
    let chunks: Buffer[] | undefined = []
    let bytes = 0

    function release(): void {
      held -= bytes
      bytes = 0
      chunks = undefined
    }

    return {
      add(chunk) {
        if (chunks === undefined) return
        if (bytes + chunk.length > limitBytes || held + chunk.length > totalBytes) {
          release()
          return
        }
        chunks.push(chunk)
        bytes += chunk.length
        held += chunk.length
      },
      whole: () => (chunks?.length === 1 ? chunks[0] : chunks && Buffer.concat(chunks)),
      release,
    }
  }

  return { keep, heldBytes: () => held }
}
