import { spreadText, table } from '../rig/numbers.ts'
import { least, loggingCaddy, nginx, others, sidecar } from '../rig/proxies.ts'
import { type Measured, measureInRounds } from '../rig/rounds.ts'
import { largeBytes, paths } from '../rig/upstream.ts'
import type { Section } from './section.ts'

const everyone = [nginx, ...others, sidecar('bc-sidecar')]
const quiet = sidecar('bc-sidecar, `BC_LOG_LEVEL=warn`', { env: { BC_LOG_LEVEL: 'warn' } })

export const get: Section = {
  name: 'get',
  heading: 'GET, 1 KB, 32 connections',
  measure: async (rig, scale) =>
    rowsOf(
      await measureInRounds({
        ...scale,
        rig,
        subjects: [...everyone, quiet, least, loggingCaddy],
        path: paths.small,
        connections: 32,
        warmUpSeconds: 3,
      }),
    ),
}

export const post: Section = {
  name: 'post',
  heading: 'POST, 1 KB, 32 connections',
  measure: async (rig, scale) =>
    rowsOf(
      await measureInRounds({
        ...scale,
        rig,
        subjects: [...everyone, least, loggingCaddy],
        path: paths.small,
        method: 'POST',
        connections: 32,
        warmUpSeconds: 3,
      }),
    ),
}

export const streams: Section = {
  name: 'streams',
  heading: '10 MB answers, eight at once',
  async measure(rig, scale) {
    const measured = await measureInRounds({
      ...scale,
      rig,
      subjects: everyone,
      path: paths.large,
      answerBytes: largeBytes,
      connections: 8,
      warmUpSeconds: 2,
    })
    const rows = measured.map((one) => [
      one.name,
      spreadText({
        median: one.cpuMicros.median / 1000,
        least: one.cpuMicros.least / 1000,
        most: one.cpuMicros.most / 1000,
      }),
      spreadText(one.times, 2),
      ((one.perSecond.median * largeBytes) / 1e6).toFixed(0),
    ])
    return table(['', 'CPU per answer, ms', 'times nginx', 'MB per second'], rows)
  },
}

function rowsOf(measured: readonly Measured[]): string {
  const rows = measured.map((one) => [
    one.name,
    spreadText(one.cpuMicros),
    spreadText(one.times, 2),
    one.perSecond.median.toFixed(0),
  ])
  return table(['', 'CPU per request, µs', 'times nginx', 'requests per second'], rows)
}
