import { applyLoad, type Load } from './load.ts'
import { type Spread, spreadOf } from './numbers.ts'
import { type Rig, type Running, type Subject, whileRunning } from './proxies.ts'

export interface Measured {
  readonly name: string
  readonly cpuMicros: Spread
  /** CPU per answer as a multiple of the first subject's in the same round. */
  readonly times: Spread
  readonly perSecond: Spread
}

export interface RoundsOptions extends Omit<Load, 'url'> {
  readonly rig: Rig
  readonly subjects: readonly Subject[]
  readonly path: string
  /** Large answers are counted by their bytes, since the last ones are cut off. */
  readonly answerBytes?: number
  readonly rounds: number
  readonly warmUpSeconds: number
}

type Sample = Record<'cpuMicros' | 'times' | 'perSecond', number>

/** Starts every subject once, and measures them in turn, so that a slow minute of the machine is everyone's. */
export async function measureInRounds(options: RoundsOptions): Promise<Measured[]> {
  const { rig, subjects, rounds, warmUpSeconds } = options
  const samples: Sample[][] = subjects.map(() => [])
  await whileRunning(rig, subjects, async (running) => {
    for (const one of running) await measureOnce(options, one, warmUpSeconds)
    for (let round = 0; round < rounds; round += 1) {
      let base = 0
      for (const [index, one] of running.entries()) {
        const sample = await measureOnce(options, one, options.seconds)
        if (index === 0) base = sample.cpuMicros
        samples[index]?.push({ ...sample, times: sample.cpuMicros / base })
      }
    }
  })
  return subjects.map(({ name }, index) => summary(name, samples[index] ?? []))
}

async function measureOnce(options: RoundsOptions, subject: Running, seconds: number): Promise<Sample> {
  const { rig, path, connections, method = 'GET', answerBytes } = options
  const url = `http://127.0.0.1:${subject.port}${path}`
  const before = subject.cpuMicros()
  const { requests, bytes } = await applyLoad(rig.ground, { url, connections, seconds, method })
  const answers = answerBytes === undefined ? requests : bytes / answerBytes
  return { cpuMicros: (subject.cpuMicros() - before) / answers, times: 0, perSecond: answers / seconds }
}

function summary(name: string, samples: readonly Sample[]): Measured {
  const spread = (field: keyof Sample): Spread => spreadOf(samples.map((sample) => sample[field]))
  return { name, cpuMicros: spread('cpuMicros'), times: spread('times'), perSecond: spread('perSecond') }
}
