import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { test } from 'tap'
import { bareNode } from '../support/bundled.ts'

const hooks = pathToFileURL('scripts/strip-types.mjs').href

test('a program in TypeScript runs on every Node.js, from what was kept the second time', async (t) => {
  const folder = t.testdir({
    'main.ts': `import type { Unused } from './nowhere.ts'
import { twice } from './twice.ts'
const answer: number = twice(21)
console.log(answer satisfies number as number, process.env['TAP_TYPE_STRIP_ONLY'])
throw new Error('at line 5' as Unused)`,
    'twice.ts': 'export function twice(value: number): number {\n  return 2 * value\n}',
  })
  for (const turn of ['first', 'second']) {
    const args = [`--import=${hooks}`, `${folder}/main.ts`]
    const { stdout, stderr } = spawnSync(...bareNode(args), { encoding: 'utf8', env: {} })
    t.equal(stdout, '42 1\n', turn)
    t.match(stderr, 'main.ts:5:7', `${turn}: the places of errors are those of the source`)
  }
})

test('what cannot be loaded is left to Node.js to refuse', async (t) => {
  const args = [`--import=${hooks}`, `${t.testdir()}/missing.ts`]
  const { status, stderr } = spawnSync(...bareNode(args), { encoding: 'utf8', env: {} })
  t.equal(status, 1)
  t.match(stderr, /missing\.ts/)
})
