import { execFile } from 'node:child_process'
import { cores, type Ground } from './ground.ts'

export interface Load {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  readonly method?: 'GET' | 'POST'
  /** Requests of all connections together, per second; default as many as there can be. */
  readonly rate?: number
  readonly headers?: Record<string, string>
}

export interface Outcome {
  readonly requests: number
  /** Of all answers, the unfinished ones too. */
  readonly bytes: number
  readonly p50Micros: number
  readonly p99Micros: number
}

/** wrk waits in whole milliseconds: of one thread, requests at a rate come in bunches, with nobody at work in between. */
const pacedThreads = 8

/** wrk on the core that the proxy does not use. Rejects when one answer was not 200, or one socket failed. */
export async function applyLoad(ground: Ground, load: Load): Promise<Outcome> {
  const script = ground.file('load.lua', luaScript(load))
  const { connections, seconds, url, rate } = load
  const threads = rate === undefined ? 1 : Math.min(pacedThreads, connections)
  const options = [`-t${threads}`, `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, url]
  const output = await run('taskset', ['--cpu-list', String(cores.rest), 'wrk', ...options])
  const [, json = '{}'] = /^RESULT (.*)$/m.exec(output) ?? []
  const { requests = 0, bytes = 0, failed = 1, p50 = 0, p99 = 0 } = JSON.parse(json) as Record<string, number>
  if (failed > 0 || requests === 0)
    throw new Error(`${failed} failures in ${requests} requests to ${url}\n${output}`)
  return { requests, bytes, p50Micros: p50, p99Micros: p99 }
}

function luaScript({ method = 'GET', headers = {}, connections, rate }: Load): string {
  const lines = [`wrk.method = "${method}"`]
  for (const [name, value] of Object.entries(headers)) lines.push(`wrk.headers["${name}"] = "${value}"`)
  if (method === 'POST')
    lines.push('wrk.headers["content-type"] = "application/json"', `wrk.body = '${requestBody}'`)
  // wrk waits so many milliseconds before a connection's next request: at random, so that they do not march in step.
  if (rate !== undefined) {
    const meanMs = (connections * 1000) / rate
    lines.push(`function delay() return math.random() * ${(2 * meanMs).toFixed(3)} end`)
  }
  lines.push(`function done(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"bytes":%d,"failed":%d,"p50":%d,"p99":%d}\\n', summary.requests, summary.bytes,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end`)
  return lines.join('\n')
}

const requestBody = JSON.stringify({ creditorName: 'x'.repeat(1002) })

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stdout}${stderr}`))
      else resolve(stdout)
    })
  })
}
