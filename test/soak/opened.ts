import { readdirSync, readFileSync } from 'node:fs'

/** What a process holds. */
export interface Opened {
  readonly descriptors: number
  readonly threads: number
  readonly residentMb: number
}

/** https://man7.org/linux/man-pages/man5/proc.5.html */
export function openedBy(pid: number): Opened {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    threads: field('Threads'),
    residentMb: Math.round(field('VmRSS') / 1024),
  }
}
