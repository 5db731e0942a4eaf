import { test } from 'tap'
import { confine } from '../../src/cli/confinement.ts'
import { createLogger } from '../../src/logging.ts'

function rig(granted: readonly string[]) {
  const rights = new Set(granted)
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const { log } = createLogger({ level: 'info', format: 'json', destination })
  const has = (scope: string) => rights.has(scope)
  return { rights, lines, log, has, drop: (scope: string) => void rights.delete(scope) }
}

test('under the permission model, writing is given up, and what is denied is said', async (t) => {
  const { rights, lines, log, has, drop } = rig(['fs.read', 'fs.write', 'worker', 'net'])
  confine({ has, drop }, log)
  t.same([...rights], ['fs.read', 'worker', 'net'])
  const denied = ['fs.write', 'child', 'addon', 'wasi', 'inspector']
  t.match(lines, [{ level: 'info', event: 'confined', denied }])
})

test('where rights cannot be given up, that is what is said', async (t) => {
  const { lines, log, has } = rig(['fs.read', 'fs.write', 'worker'])
  confine({ has }, log)
  t.match(lines, [{ denied: ['child', 'addon', 'wasi', 'inspector'] }])
})

test('without the permission model nothing is said', async (t) => {
  const { lines, log } = rig([])
  confine(undefined, log)
  t.same(lines, [])
})
