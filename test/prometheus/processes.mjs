import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** Processes of a run, by name; `stop` ends them and gives what each ended with. */
export function createProcesses() {
  const running = []
  return {
    start(name, program, args, environment = {}) {
      const child = spawn(program, args, { env: clean(environment), stdio: ['ignore', 'ignore', 'pipe'] })
      let said = ''
      child.stderr.setEncoding('utf8').on('data', (text) => {
        said += text
      })
      running.push({ name, child, ended: once(child, 'exit'), said: () => said })
    },
    said: () => running.map(({ name, said }) => `${name}: ${said()}`).join('\n'),
    async stop() {
      for (const { child } of running) child.kill('SIGTERM')
      const kill = setTimeout(() => {
        for (const { child } of running) child.kill('SIGKILL')
      }, 10_000)
      await Promise.all(running.map(({ ended }) => ended))
      clearTimeout(kill)
      return running.map(({ name, child }) => ({ name, status: child.exitCode }))
    },
  }
}

/** This machine's own settings of the sidecar and of proxies would change what is tested. */
function clean(environment) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(BC_|https?_proxy$|all_proxy$)/i.test(name))
  return { ...Object.fromEntries(kept), ...environment }
}

export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => server.address().port)
  for (const server of servers) server.close()
  return ports
}

/** Whether somebody listens on a port of this machine. */
export async function listens(port) {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.destroy()
  return true
}

/** Looks until there is a value, and gives it; says what it waited for when there is none in time. */
export async function until(what, look, withinMs = 40_000) {
  const deadline = performance.now() + withinMs
  for (;;) {
    const found = await look().catch(() => undefined)
    if (found) return found
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`)
    await delay(250)
  }
}
