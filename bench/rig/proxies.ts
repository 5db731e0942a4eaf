import type { StdioOptions } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Child, listening, startChild } from './child.ts'
import { cores, type Ground } from './ground.ts'
import { type SidecarOptions, startSidecar } from './sidecar.ts'
import { nginxFrame, type Upstream } from './upstream.ts'

export interface Running extends Child {
  readonly port: number
}

export interface Rig {
  readonly ground: Ground
  readonly upstream: Upstream
}

export interface Subject {
  readonly name: string
  readonly start: (rig: Rig) => Promise<Running>
}

/** Each adds the token to what it forwards over mutual TLS, verifies the upstream, and keeps its connections. */
export const nginx: Subject = {
  name: 'nginx',
  start: ({ ground, upstream }) =>
    run(ground, (port) => {
      const { ca, client, token } = ground
      const http = `
  upstream bank { server 127.0.0.1:${upstream.port}; keepalive 1100; keepalive_requests 100000000; }
  server { listen 127.0.0.1:${port} backlog=2048;
    location / {
      proxy_pass https://bank; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host localhost;
      proxy_set_header Authorization "Bearer ${token}"; proxy_max_temp_file_size 0;
      proxy_ssl_certificate ${client.certificate}; proxy_ssl_certificate_key ${client.key}; proxy_ssl_name localhost;
      proxy_ssl_server_name on; proxy_ssl_trusted_certificate ${ca}; proxy_ssl_verify on; proxy_ssl_protocols TLSv1.2 TLSv1.3;
    } }`
      const config = ground.file('proxy.conf', nginxFrame('proxy', http))
      return { command: ['nginx', '-p', ground.dir, '-c', config, '-e', 'stderr'] }
    }),
}

const haproxy: Subject = {
  name: 'haproxy',
  start: ({ ground, upstream }) =>
    run(ground, (port) => {
      const { ca, client, token } = ground
      const config = `
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  http-reuse always
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend apps
  bind 127.0.0.1:${port}
  default_backend bank
backend bank
  http-request set-header Authorization "Bearer ${token}"
  http-request set-header Host localhost
  server bank 127.0.0.1:${upstream.port} ssl crt ${client.both} ca-file ${ca} verify required sni str(localhost) pool-max-conn 1100
`
      return { command: ['haproxy', '-db', '-q', '-f', ground.file('haproxy.cfg', config)] }
    }),
}

const noLog = `log {
    output discard
  }`
const accessLog = `log {
    output stdout
    format json
  }`

/** `log`: one line per request into a pipe that is read, as ours are. */
const caddy = (name: string, { log }: { readonly log: boolean }): Subject => ({
  name,
  start: ({ ground, upstream }) =>
    run(ground, (port) => {
      const { ca, client, token, dir } = ground
      const config = `{
  admin off
  auto_https off
  ${noLog}
  storage file_system ${dir}/caddy
}
http://127.0.0.1:${port} {
  ${log ? accessLog : ''}
  reverse_proxy https://127.0.0.1:${upstream.port} {
    header_up Host localhost
    header_up Authorization "Bearer ${token}"
    transport http {
      tls_client_auth ${client.certificate} ${client.key}
      tls_trusted_ca_certs ${ca}
      tls_server_name localhost
      keepalive_idle_conns_per_host 1100
      versions 1.1
    }
  }
}
`
      const file = ground.file(`Caddyfile-${port}`, config)
      return {
        command: ['caddy', 'run', '--config', file, '--adapter', 'caddyfile'],
        stdio: ['ignore', log ? 'pipe' : 'ignore', 'ignore'],
      }
    }),
})

const script = (name: string, file: string): Subject => ({
  name,
  start: ({ ground, upstream }) =>
    run(ground, (port) => {
      const path = fileURLToPath(new URL(file, import.meta.url))
      const { ca, client, token } = ground
      const env = { PORT: String(port), UPSTREAM: `https://localhost:${upstream.port}`, TOKEN: token }
      const files = { CA: ca, CERTIFICATE: client.certificate, KEY: client.key }
      return { command: [process.execPath, path], env: { ...env, ...files } }
    }),
})

export const naive = script('@fastify/http-proxy, naive', 'naive.mjs')
/** What is left of ours without all that it does: how near to it ours comes. */
export const least = script('Hijack and undici, nothing else', 'least.mjs')

export function sidecar(name: string, options: SidecarOptions = {}): Subject {
  return { name, start: (rig) => startSidecar(rig, options) }
}

export const others: readonly Subject[] = [haproxy, caddy('Caddy', { log: false }), naive]
export const loggingCaddy = caddy('Caddy, access log', { log: true })

/** Starts all of them, and stops them when `use` has ended, however it does. */
export async function whileRunning<T>(
  rig: Rig,
  subjects: readonly Subject[],
  use: (running: readonly Running[]) => Promise<T>,
): Promise<T> {
  const running: Running[] = []
  try {
    for (const subject of subjects) running.push(await subject.start(rig))
    return await use(running)
  } finally {
    await Promise.all(running.map((one) => one.stop()))
  }
}

interface Command {
  readonly command: readonly string[]
  readonly env?: Record<string, string>
  readonly stdio?: StdioOptions
}

async function run(ground: Ground, commandFor: (port: number) => Command): Promise<Running> {
  const port = await ground.port()
  const command = commandFor(port)
  const child = startChild({ ...command, core: cores.proxy, cwd: ground.dir })
  child.process.stdout?.resume()
  await listening(port, child)
  return { ...child, port }
}
