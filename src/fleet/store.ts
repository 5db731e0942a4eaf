/** Where the sidecars with the same credentials meet: two values. */
export interface Names {
  /** The token. */
  readonly token: string
  /** Who asks for the next, and when nobody may. */
  readonly pace: string
}

/** Both values at one moment; empty where there is none. */
export interface Snapshot {
  readonly token: string
  readonly pace: string
  /** By the store's own clock, which all sidecars go by: milliseconds since 1970. */
  readonly atMs: number
}

export interface Written extends Snapshot {
  /** False when another sidecar had written meanwhile: the snapshot is then what it left. */
  readonly done: boolean
}

export interface Change {
  /** Nothing is written unless this is still there. */
  readonly expectedPace: string
  readonly pace: string
  readonly paceLifeMs: number
  /** Left as it is, when not given. */
  readonly token?: { readonly text: string; readonly lifeMs: number } | undefined
}

/** What is needed of Redis. Each rejects when Redis refuses or is lost, and may hang while it hangs. */
export interface Store {
  look(names: Names): Promise<Snapshot>
  write(names: Names, change: Change): Promise<Written>
  /** Takes the token out, if it is still this one. */
  drop(names: Names, expectedToken: string): Promise<void>
  /** Whether it answers, and can be written to. */
  probe(): Promise<void>
  close(): void
}

export interface OpenOptions {
  /** Gives up: whatever was opened is closed. */
  readonly signal: AbortSignal
  readonly onLost: (error: unknown) => void
}

export type OpenStore = (options: OpenOptions) => Promise<Store>
