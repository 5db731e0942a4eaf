import { type ProblemCode, problems } from '../errors.ts'

export interface Problem {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** RFC 9457, as on the apps' listener. Nothing here ever reaches the bank. */
export function problemOf(code: ProblemCode, detail: string): Problem {
  const { status, title } = problems[code]
  const body = { type: `urn:bc-sidecar:problem:${code}`, title, status, detail, code, requestSent: 'no' }
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'bc-sidecar-error': code,
      ...(status === 405 && { allow: 'GET, HEAD' }),
    },
    body: JSON.stringify(body),
  }
}

export function notFound(): Problem {
  const detail = 'See /, /status, /metrics, /livez, /readyz and /startupz.'
  return {
    status: 404,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: 'about:blank', title: 'Not Found', status: 404, detail }),
  }
}
