import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { test } from 'tap'
import { bareNode } from '../support/bundled.ts'

const preload = `--import=${pathToFileURL('scripts/lighten-tap.mjs').href}`
const tapPreloads = ['mock', 'processinfo'].map((part) => `--import=./@tapjs/${part}/dist/esm/import.mjs`)

test('processes and threads get no mocks, and all else of tap', async (t) => {
  const folder = t.testdir({
    '@tapjs': {
      mock: { dist: { esm: { 'import.mjs': "console.log('mock')" } } },
      processinfo: { dist: { esm: { 'import.mjs': "console.log('processinfo')" } } },
    },
    'main.mjs': `import { Worker } from 'node:worker_threads'
console.log('main')
new Worker(new URL('thread.mjs', import.meta.url)).on('exit', () => console.log('end'))`,
    'thread.mjs': "console.log('thread')",
  })
  const [command, args] = bareNode([preload, ...tapPreloads, 'main.mjs'])
  const { stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', env: {} })
  t.equal(stderr, '')
  t.equal(stdout, 'processinfo\nmain\nprocessinfo\nthread\nend\n')
})
