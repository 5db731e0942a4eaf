#!/usr/bin/env node
/**
 * `node scripts/code-cache.mjs DIR`: lets the bundle in DIR start, serve and end once, against the simulator, and keeps what V8
 * compiled for that as DIR/cli/run.cache: later starts need not compile it (src/cli/compiled-run.ts).
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const [outdir] = process.argv.slice(2)
const writer = fileURLToPath(new URL('write-code-cache.mjs', import.meta.url))
const credentials = mkdtempSync(join(tmpdir(), 'bc-sidecar-build-'))
const children = []
try {
  const ports = ['--listen', '127.0.0.1:0', '--authorization-listen', '127.0.0.1:0']
  const bank = start([join(outdir, 'main.js'), 'simulate', '--dir', credentials, ...ports])
  // The same bytes each time: else V8 would have threads and a seed for its hashes, and the cache would show both.
  const sidecar = start(
    ['--predictable', writer, resolve(outdir, 'cli')],
    settings(await bank.said('simulating')),
  )
  const listeners = [await sidecar.said('listening'), await sidecar.said('listening')]
  const admin = listeners.find((listener) => listener.admin)
  const apps = listeners.find((listener) => !listener.admin)
  await call(admin, '/livez')
  await call(apps, '/api/v1/accounts')
  await call(apps, '/api/v1/payments/singles', { method: 'POST', body: '{}' })
  await sidecar.end()
  await bank.end()
} finally {
  for (const child of children) child.kill('SIGKILL')
  rmSync(credentials, { recursive: true })
}

function settings({ baseUrl, authorizationUrl }) {
  return {
    BC_ENVIRONMENT: 'sandbox',
    BC_BASE_URL: baseUrl,
    BC_AUTHORIZATION_URL: authorizationUrl,
    BC_USERNAME_FILE: join(credentials, 'username'),
    BC_PASSWORD_FILE: join(credentials, 'password'),
    BC_CERTIFICATE_FILE: join(credentials, 'client.pfx'),
    BC_CERTIFICATE_PASSPHRASE_FILE: join(credentials, 'passphrase'),
    BC_CA_FILE: join(credentials, 'ca.pem'),
    BC_LISTEN: '127.0.0.1:0',
    BC_ADMIN_LISTEN: '127.0.0.1:0',
  }
}

function start(args, env = {}) {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const log = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    /** The next line of its log that is of this event. */
    async said(event) {
      for (;;) {
        const { value, done } = await log.next()
        if (done) throw new Error(`${args.join(' ')} ended before it was ${event}`)
        const line = JSON.parse(value)
        if (line.event === event) return line
      }
    },
    async end() {
      child.kill()
      const [status] = await once(child, 'exit')
      if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`)
    },
  }
}

async function call({ address }, path, request) {
  const answer = await fetch(`${address}${path}`, request)
  await answer.arrayBuffer()
}
