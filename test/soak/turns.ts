import { fileURLToPath } from 'node:url'
import type { Program } from '../support/program.ts'
import { until } from '../support/until.ts'

export interface Turns {
  /** What the main thread computed in its longest turn. */
  readonly longestTurnMs: number
  /** The longest between two turns, with what it waited for a core. */
  readonly heldUpMs: number
}

export const meterFile: string = fileURLToPath(new URL('turn-meter.mjs', import.meta.url))

/** Options for Node.js with which a program can be asked for its turns. */
export const turnMeter: readonly string[] = ['--import', meterFile]

/** The longest turns of a program's event loop since it was asked for them last. */
export async function takeTurns(program: Pick<Program, 'stderr' | 'signal'>): Promise<Turns> {
  const told = (): string[] => program.stderr().split('\n').slice(0, -1).filter(isTurn)
  const before = told().length
  program.signal('SIGUSR2')
  await until(() => told().length > before)
  const { cpuMs, wallMs } = JSON.parse(told().at(-1) ?? '').longestTurn
  return { longestTurnMs: Math.round(cpuMs), heldUpMs: Math.round(wallMs) }
}

function isTurn(line: string): boolean {
  return line.startsWith('{"longestTurn"')
}
