import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { followProgram } from '../support/program.ts'
import type { RotatingProgram } from './rotating-program.ts'
import { meterFile } from './turns.ts'

export interface ContainerOptions {
  readonly image: string
  /** Mounted under the same path, read-only. */
  readonly dir: string
  readonly env: Readonly<Record<string, string>>
}

const docker = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)('docker', args)).stdout.trim()

const hardened = ['--network=host', '--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges']

/** A container of an image, on this machine's own network; it is removed in the end. Signals reach what runs in it. */
export function startContainer(t: Test, { image, dir, env }: ContainerOptions): RotatingProgram['program'] {
  const name = `bc-rotations-${process.pid}`
  t.teardown(() => docker('rm', '--force', '--volumes', name))
  const meter = '/meter/turn-meter.mjs'
  const volumes = [`--volume=${dir}:${dir}:ro`, `--volume=${meterFile}:${meter}:ro`]
  const variables = Object.entries({ ...env, NODE_OPTIONS: `--import=${meter}` })
  const settings = variables.map(([key, value]) => `--env=${key}=${value}`)
  const args = ['run', `--name=${name}`, ...hardened, ...volumes, ...settings, image]
  const program = followProgram(t, 'docker', args)
  return { ...program, pid: async () => Number(await docker('inspect', '--format={{.State.Pid}}', name)) }
}
