import type { Socket } from 'node:net'
import { type Problem, problemOf } from './problem.ts'

const reasons: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: problemOf('headers_too_large', 'The request headers are too large.'),
  ERR_HTTP_REQUEST_TIMEOUT: problemOf('request_timeout', 'The request came too slowly.'),
}
const malformed = problemOf('invalid_request', 'This is no HTTP request.')

/** What Node.js's parser refuses never becomes a request: the answer is written to the socket. */
export function answerBroken(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const { status, headers, body } = reasons[String(error.code)] ?? malformed
  const lines = Object.entries({ ...headers, 'content-length': body.length, connection: 'close' })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${status} Refused\r\n${head}\r\n${body}`)
}
