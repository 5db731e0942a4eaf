import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Child, listening, startChild } from './child.ts'
import { cores, type Ground } from './ground.ts'

/** The bank of the rig: nginx, because it must cost less than what is measured. */
export interface Upstream {
  /** The API: mutual TLS, 401 to any token but ours. */
  readonly port: number
  /** Where tokens come from, over mutual TLS. */
  readonly authorizationPort: number
  /** The same API over TLS without a client certificate: for direct calls of a load generator that has none. */
  readonly directPort: number
  stop(): Promise<void>
}

export const paths = { small: '/api/v1/accounts', large: '/api/v1/reports/large' }
export const largeBytes = 10_485_760

export async function startUpstream(ground: Ground): Promise<Upstream> {
  const ports = { api: await ground.port(), authorization: await ground.port(), direct: await ground.port() }
  mkdirSync(join(ground.dir, 'www/api/v1/reports'), { recursive: true })
  writeFileSync(join(ground.dir, 'www', paths.large), Buffer.alloc(largeBytes, 'a report '))
  const config = ground.file('upstream.conf', nginxConfig(ground, ports))
  const command = ['nginx', '-p', ground.dir, '-c', config, '-e', 'stderr']
  const child: Child = startChild({ command, core: cores.rest })
  await listening(ports.api, child)
  return {
    port: ports.api,
    authorizationPort: ports.authorization,
    directPort: ports.direct,
    stop: () => child.stop(),
  }
}

/** Whoever runs nginx as root runs its workers as root too: the files are root's. */
export function nginxFrame(name: string, http: string): string {
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off; worker_processes 1; worker_rlimit_nofile 8192; pid ${name}.pid; error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off; server_tokens off;
  client_body_temp_path ${name}-body; proxy_temp_path ${name}-proxy; fastcgi_temp_path ${name}-fastcgi;
  uwsgi_temp_path ${name}-uwsgi; scgi_temp_path ${name}-scgi;
  client_max_body_size 20m; client_body_buffer_size 64k; keepalive_requests 100000000; keepalive_timeout 600s;
  ${http}
}`
}

function nginxConfig(
  { server, ca, token, dir }: Ground,
  ports: { api: number; authorization: number; direct: number },
): string {
  const tls = `ssl_certificate ${server.certificate}; ssl_certificate_key ${server.key};
    ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:all:64m;`
  const mutual = `${tls} ssl_client_certificate ${ca}; ssl_verify_client on;`
  const json = JSON.stringify({ result: [{ accountDescription: 'x'.repeat(980) }] })
  const api = `default_type application/json;
    if ($http_authorization != "Bearer ${token}") { return 401; }
    location / { return 200 '${json}'; }
    location ${paths.large} { root ${dir}/www; }`
  const answer = JSON.stringify({ access_token: token, expires_in: '300' })
  return nginxFrame(
    'upstream',
    `output_buffers 2 256k;
  server { listen 127.0.0.1:${ports.api} ssl backlog=2048; ${mutual} ${api} }
  server { listen 127.0.0.1:${ports.direct} ssl backlog=2048; ${tls} ${api} }
  server { listen 127.0.0.1:${ports.authorization} ssl; ${mutual} default_type application/json;
    location / { return 200 '${answer}'; } }`,
  )
}
