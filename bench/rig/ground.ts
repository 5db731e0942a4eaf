import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuthority } from '../../test/support/pki.ts'

/** What every part of the rig shares: a directory, certificates, one token and free ports. */
export interface Ground {
  readonly dir: string
  /** Writes a file into the directory, and gives its path. */
  file(name: string, content: string): string
  readonly ca: string
  readonly server: { readonly certificate: string; readonly key: string }
  /** `both`: certificate and key in one file, as HAProxy wants them. */
  readonly client: { readonly certificate: string; readonly key: string; readonly both: string }
  readonly token: string
  port(): Promise<number>
  close(): void
}

/** The proxy alone on one core; the upstream, the load and this process on the other. */
export const cores = { proxy: 1, rest: 0 }

const programs = {
  nginx: 'nginx-light',
  haproxy: 'haproxy',
  caddy: 'caddy',
  wrk: 'wrk',
  taskset: 'util-linux',
}

/** Says which Debian packages are missing, all at once. */
export function requirePrograms(names: readonly (keyof typeof programs)[]): void {
  const missing = names.filter((name) => !present(name)).map((name) => programs[name])
  if (missing.length === 0) return
  throw new Error(`missing: apt-get install --no-install-recommends ${missing.join(' ')}`)
}

function present(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export async function openGround(): Promise<Ground> {
  const dir = mkdtempSync(join(tmpdir(), 'bc-sidecar-bench-'))
  const file = (name: string, content: string): string => {
    const path = join(dir, name)
    writeFileSync(path, content)
    return path
  }
  const authority = await createAuthority()
  const server = await authority.server()
  const client = await authority.client()
  return {
    dir,
    file,
    ca: file('ca.pem', authority.caPem),
    server: { certificate: file('server.pem', server.chainPem), key: file('server-key.pem', server.keyPem) },
    client: {
      certificate: file('client.pem', client.chainPem),
      key: file('client-key.pem', client.keyPem),
      both: file('client-both.pem', client.chainPem + client.keyPem),
    },
    // As long as the bank's, and opaque: nothing here looks into it.
    token: 'token'.repeat(220),
    port: freePort,
    close: () => rmSync(dir, { recursive: true, force: true }),
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
