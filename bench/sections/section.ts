import type { Rig } from '../rig/proxies.ts'

/** One part of the benchmark: a heading, and the text that its measurement gives. */
export interface Section {
  readonly name: string
  readonly heading: string
  readonly measure: (rig: Rig, scale: Scale) => Promise<string>
}

export interface Scale {
  readonly rounds: number
  readonly seconds: number
}
