import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { test } from 'tap'
import { bareNode } from '../support/bundled.ts'

const preload = `--import=${pathToFileURL('scripts/lighten-tap.mjs').href}`
const tapPreloads = ['mock', 'processinfo'].map((part) => `--import=./@tapjs/${part}/dist/esm/import.mjs`)

test('a process gets no mocks, a thread no account of the process either', async (t) => {
  const folder = t.testdir({
    '@tapjs': {
      mock: { dist: { esm: { 'import.mjs': "console.log('mock')" } } },
      processinfo: { dist: { esm: { 'import.mjs': "console.log('processinfo')" } } },
    },
    'main.mjs': `import { Worker } from 'node:worker_threads'
console.log('main')
new Worker('console.log("thread")', { eval: true })`,
  })
  const [command, args] = bareNode([preload, ...tapPreloads, 'main.mjs'])
  const { stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', env: {} })
  t.equal(stderr, '')
  t.equal(stdout, 'processinfo\nmain\nthread\n')
})
