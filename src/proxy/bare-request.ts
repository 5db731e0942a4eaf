import { IncomingMessage } from 'node:http'

/**
 * A request that has `rawHeaders` only, which `readRequestHead` reads. Node.js and Fastify look into `headers` at each request
 * too: they would make an object of them, act on Expect, and judge Content-Type and Content-Length, which are the bank's.
 */
export class BareRequest extends IncomingMessage {}

Object.defineProperty(BareRequest.prototype, 'headers', { value: Object.freeze({}) })
