import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'
import { test } from 'tap'
import { bareNode, bundledMain } from '../support/bundled.ts'
import { anyAuthority } from '../support/pki.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** As the image starts it: nothing of tap, and no setting but these. */
function run(command: readonly string[], env: Record<string, string> = {}) {
  return new Promise<{ status: number; output: string }>((resolve) => {
    execFile(...bareNode(command), { env }, (error, stdout, stderr) => {
      const status = error === null ? 0 : Number(error.code)
      resolve({ status, output: stdout + stderr })
    })
  })
}

test('the bundle finds its version, its commands and the worker that opens an old PFX', async (t) => {
  const authority = await anyAuthority()
  const client = await authority.client()
  const dir = t.testdir({
    'client.pfx': client.pfx('sesame', { encryption: 'rc2-40' }),
    'ca.pem': authority.caPem,
  })
  const main = bundledMain()
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
  t.strictSame(await run([main, '--version']), { status: 0, output: `${version}\n` })
  const checked = await run([main, 'check', '--offline', '--json'], {
    BC_ENVIRONMENT: 'test',
    BC_BASE_URL: 'https://bank.example',
    BC_AUTHORIZATION_URL: 'https://authorization.example',
    BC_USERNAME: 'user',
    BC_PASSWORD: 'password',
    BC_CERTIFICATE_FILE: `${dir}/client.pfx`,
    BC_CERTIFICATE_PASSPHRASE: 'sesame',
    BC_CA_FILE: `${dir}/ca.pem`,
  })
  t.equal(checked.status, 0, checked.output)
  t.match(checked.output, /"certificate"/)
})

test('the bundle reads a YAML file, whose parser it loads only then', async (t) => {
  const dir = t.testdir({ 'sidecar.yaml': 'environments: [1]\n' })
  const command = [bundledMain(), 'check', '--offline', '--config', `${dir}/sidecar.yaml`]
  const { status, output } = await run(command)
  t.equal(status, 2, output)
  t.match(output, /environments/)
})

test("the bundle does without Node.js's undici and HTTP/2, zod's languages and Fastify's compilers of schemas", async (t) => {
  const hook = `process.on('exit', () => console.log(JSON.stringify(process.moduleLoadList)))`
  const main = bundledMain()
  const { status, output } = await run([
    `--import=data:text/javascript,${encodeURIComponent(hook)}`,
    main,
    'run',
  ])
  t.equal(status, 2)
  const [list = '', ...rest] = output.split('\n')
  const loaded = JSON.parse(list).filter((name: string) => /^NativeModule (http|http2|.*undici)$/.test(name))
  t.strictSame(loaded, ['NativeModule http'])
  t.match(rest.join('\n'), /BC_CERTIFICATE_FILE/)
  const chunks = join(dirname(main), 'cli')
  for (const name of readdirSync(chunks))
    t.notOk(/Eingabe|node_modules\/ajv\//.test(readFileSync(join(chunks, name), 'utf8')), name)
})

test('`run` is not compiled at its start: V8 takes what it kept of the build, where that is of any use', async (t) => {
  const dir = t.testdir({ made: {} })
  const [made, moved] = [join(dir, 'made'), join(dir, 'moved')]
  cpSync(dirname(bundledMain()), join(made, 'dist'), { recursive: true })
  copyFileSync(join(root, 'package.json'), join(made, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(made, 'node_modules'))
  const make = await run(['--predictable', join(root, 'scripts/code-cache.mjs'), join(made, 'dist')])
  t.strictSame(make, { status: 0, output: '' })
  renameSync(made, moved)

  const [script, cache] = [join(moved, 'dist/cli/run.cjs'), join(moved, 'dist/cli/run.cache')]
  const [source, kept] = [readFileSync(script), readFileSync(cache)]
  const ofMore = kept.length > 1.5 * new Script(source.toString()).createCachedData().length
  t.ok(ofMore, 'it has what loading calls')

  const withDigest = (code: Buffer) =>
    Buffer.concat([createHash('sha256').update(source).update(code).digest(), code])
  const isRejected = `(await import('${moved}/dist/cli/compiled-run.js')).script.cachedDataRejected`
  for (const [what, content, rejected] of [
    ['of this bundle', kept, false],
    ['of another V8', withDigest(Buffer.from(kept.subarray(32)).fill(1, 4, 8)), true],
    ['half of it zeros', Buffer.from(kept).fill(0, kept.length / 2), undefined],
    ['cut off', kept.subarray(0, kept.length / 2), undefined],
    ['empty', '', undefined],
    ['none', undefined, undefined],
  ] as const) {
    if (content === undefined) rmSync(cache)
    else writeFileSync(cache, content)
    const { output } = await run(['--input-type=module', '--eval', `console.log(${isRejected})`])
    t.equal(output, `${rejected}\n`, what)
    const { status, output: complaint } = await run([join(moved, 'dist/main.js'), 'run'])
    t.equal(status, 2, what)
    t.match(complaint, /^The configuration has .*[\s\S]*BC_CERTIFICATE_FILE/, what)
  }

  writeFileSync(cache, kept)
  writeFileSync(script, source.toString().replaceAll('The configuration', 'Mended, of a size'))
  t.match(await run([join(moved, 'dist/main.js'), 'run']), { status: 2, output: /^Mended, of a size has / })
})
