import { SidecarError } from '../errors.ts'

/** What is wrong with the credentials, and what mends it, in one sentence that names no secret. */
export function unusable(problem: string, cure: string, cause?: unknown): SidecarError {
  return new SidecarError('certificate_unusable', `${problem}; ${cure}`, cause === undefined ? {} : { cause })
}
