import type { Process } from './command.ts'

/** Resolves at SIGTERM or SIGINT. A second one while the command ends takes nothing from the exit status. */
export function untilSignal(process: Pick<Process, 'on'>): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => resolve())
  })
}
