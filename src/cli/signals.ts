import type { Process } from './command.ts'

/** Resolves at SIGTERM or SIGINT. A second one while the command ends takes nothing from the exit status. */
export function untilSignal(process: Pick<Process, 'on'>): Promise<void> {
  // Unhandled, it would open the inspector on a port that every container of the pod can reach.
  process.on('SIGUSR1', () => undefined)
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => resolve())
  })
}
