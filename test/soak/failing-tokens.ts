import { type Exchange, respond } from '../support/bank.ts'
import type { Random } from './random.ts'

type Fault = (exchange: Exchange, random: Random) => void

/** How an authorization endpoint fails, but for refused credentials: those stay refused until a person acts. */
const faults: Readonly<Record<string, Fault>> = {
  'hangs up': ({ socket }) => void socket.destroy(),
  'answers 500': ({ response }) => respond(response, 500, {}),
  'answers 503': ({ response }) => respond(response, 503, {}),
  throttles({ response }) {
    response.setHeader('retry-after', '1')
    respond(response, 429, {})
  },
  'is slow'({ response }, random) {
    const timer = setTimeout(() => respond(response, 500, {}), random.between(500, 4_000))
    response.on('close', () => clearTimeout(timer))
  },
  'answers nonsense': ({ response }) => void response.writeHead(200).end('<html>'),
  'answers without a token': ({ response }) => respond(response, 200, { expires_in: '300' }),
  'answers half'({ response, socket }) {
    response.writeHead(200, { 'content-length': 500 }).write('{"access_token": "')
    setImmediate(() => socket.destroy())
  },
}

/** Fails one token request in some way, and says in which. */
export function failToken(exchange: Exchange, random: Random): string {
  const name = random.pick(Object.keys(faults))
  faults[name]?.(exchange, random)
  return name
}
