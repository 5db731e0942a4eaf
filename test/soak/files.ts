import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Authority, Issued } from '../support/pki.ts'
import type { Random } from './random.ts'

export interface Files {
  /** Rotates, or breaks a file; mends it the next time. */
  disturb(): Promise<void>
  /** Leaves the newest good set. */
  mend(): void
  /** Thumbprint of the newest good set. */
  good(): string
  readonly counts: { rotated: number; broken: number }
}

export interface FilesOptions {
  readonly dir: string
  readonly authority: Authority
  readonly random: Random
  readonly first: Issued
  readonly password: string
}

/** The operator: new certificates, one file after the other, and sets that are wrong in many ways. */
export function createFiles({ dir, authority, random, first, password }: FilesOptions): Files {
  let good = first
  let broken = false
  const counts = { rotated: 0, broken: 0 }
  const write = (name: string, content: string): void => {
    if (random.chance(0.5)) {
      writeFileSync(join(dir, name), content)
      return
    }
    writeFileSync(join(dir, `.${name}`), content)
    renameSync(join(dir, `.${name}`), join(dir, name))
  }
  const mend = (): void => {
    write('client.pem', good.chainPem)
    write('client-key.pem', good.keyPem)
    write('password', password)
    broken = false
  }
  const faults: readonly (() => Promise<void>)[] = [
    async () => write('client.pem', 'no certificate'),
    async () => write('client-key.pem', (await authority.client()).keyPem),
    async () => write('client-key.pem', ''),
    async () => write('password', 'a wrong one'),
    async () => write('password', '\0'),
  ]
  return {
    counts,
    mend,
    good: () => good.thumbprint,
    async disturb() {
      if (broken) mend()
      else if (random.chance(0.4)) {
        broken = true
        counts.broken++
        await random.pick(faults)()
      } else {
        good = await authority.client({ name: `soak-${++counts.rotated}` })
        mend()
      }
    },
  }
}
