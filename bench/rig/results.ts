import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('../RESULTS.md', import.meta.url))

const preface = `# Results of \`npm run bench\`

Each section is of the last run that measured it. Medians, with the least and the most of all rounds; the proxies take turns
within a round. CPU is user and system time of the whole process tree, and is the figure to trust on a shared machine; the
multiples are of nginx in the same round. Upstream and load run on one core, the proxy alone on the other. "Hijack and
undici, nothing else" is the least that a proxy of Fastify and undici can cost: it checks, counts and logs nothing.
`

/** Puts a section in place of the one with the same heading, and leaves the others. */
export function keepSection(heading: string, text: string): void {
  const sections = new Map<string, string>()
  if (existsSync(file))
    for (const part of readFileSync(file, 'utf8').split(/^## /m).slice(1)) {
      const [title = '', ...lines] = part.split('\n')
      sections.set(title, lines.join('\n').trim())
    }
  sections.set(heading, `${text}\n\n${versions()}`)
  const body = [...sections].map(([title, content]) => `## ${title}\n\n${content}\n`)
  writeFileSync(file, [preface, ...body].join('\n'))
}

/** One line on what was compared, and where. */
function versions(): string {
  const say = (command: string, pattern: RegExp): string => {
    const output = execFileSync('sh', ['-c', `${command} 2>&1 || true`], { encoding: 'utf8' })
    return pattern.exec(output)?.[1] ?? 'missing'
  }
  const of = (name: string): string => {
    const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
  }
  const day = new Date().toISOString().slice(0, 10)
  return [
    `${day}, commit ${say('git rev-parse --short HEAD', /(\w+)/)}: Node.js ${process.versions.node}`,
    `nginx ${say('nginx -v', /nginx\/([\d.]+)/)}`,
    `HAProxy ${say('haproxy -v', /version ([\d.]+)/)}`,
    `Caddy ${say('caddy version', /v?([\d.]+)/)}`,
    `wrk ${say('wrk -v', /([\d.]+)/)}`,
    `fastify ${of('fastify')}`,
    `@fastify/http-proxy ${of('@fastify/http-proxy')}`,
    `undici ${of('undici')}`,
    `${cpus().length} cores, ${cpus()[0]?.model ?? ''}.`,
  ].join(', ')
}
