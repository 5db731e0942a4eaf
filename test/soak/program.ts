import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** What a process holds. */
export interface Holdings {
  readonly files: number
  readonly sockets: number
  readonly rssMegabytes: number
}

export interface SoakProgram {
  readonly apps: string
  readonly admin: string
  holdings(): Holdings
  /** Of a Prometheus metric: the sum over its labels. */
  metric(name: string): Promise<number>
  status(): Promise<{ thumbprint: string; lastError: string | null }>
  /** Its exit status after SIGTERM. */
  stop(): Promise<number | null>
  kill(): void
}

export interface SoakProgramOptions {
  readonly env: Record<string, string>
  readonly line: (text: string) => void
}

/** The built program; what it writes is read to the last line. */
export async function startSoakProgram({ env, line }: SoakProgramOptions): Promise<SoakProgram> {
  const child = spawn(process.execPath, [main, 'run'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  createInterface({ input: child.stderr }).on('line', line)
  const { apps, admin } = await addresses(child, line)
  const text = async (path: string): Promise<string> => (await fetch(`${admin}${path}`)).text()
  return {
    apps,
    admin,
    holdings: () => holdingsOf(Number(child.pid)),
    async metric(name) {
      const lines = (await text('/metrics')).split('\n').filter((one) => one.replace(/[{ ].*/, '') === name)
      return lines.reduce((sum, one) => sum + Number(one.split(' ').at(-1)), 0)
    },
    async status() {
      const { environments } = JSON.parse(await text('/status'))
      return environments.soak.certificate
    },
    stop() {
      child.kill('SIGTERM')
      return new Promise((resolve) => child.once('close', resolve))
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

function addresses(child: ChildProcess, line: (text: string) => void) {
  return new Promise<{ apps: string; admin: string }>((resolve, reject) => {
    let apps = ''
    child.once('close', () => reject(new Error('the sidecar ended')))
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (text) => {
      line(text)
      const { event, address, admin } = text.startsWith('{') ? JSON.parse(text) : {}
      if (event !== 'listening') return
      if (admin === true) resolve({ apps, admin: address })
      else apps = address
    })
  })
}

/** https://man7.org/linux/man-pages/man5/proc.5.html */
function holdingsOf(pid: number): Holdings {
  const links = readdirSync(`/proc/${pid}/fd`).map((name) => readlink(`/proc/${pid}/fd/${name}`))
  const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  const sockets = links.filter((link) => link.startsWith('socket:')).length
  return { files: links.length, sockets, rssMegabytes: Math.round(Number(rss) / 1024) }
}

/** One that is closed meanwhile is none. */
function readlink(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
