import { execFile } from 'node:child_process'
import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Test, test } from 'tap'
import { createAuthority } from '../support/pki.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** As the image starts it: nothing of tap, and no setting but these. */
function run(command: readonly string[], env: Record<string, string> = {}) {
  return new Promise<{ status: number; output: string }>((resolve) => {
    execFile(process.execPath, command, { env }, (error, stdout, stderr) => {
      const status = error === null ? 0 : Number(error.code)
      resolve({ status, output: stdout + stderr })
    })
  })
}

async function bundle(t: Test): Promise<{ main: string; dir: string }> {
  const authority = await createAuthority()
  const client = await authority.client()
  const dir = t.testdir({
    'client.pfx': client.pfx('sesame', { encryption: 'rc2-40' }),
    'ca.pem': authority.caPem,
  })
  const { status, output } = await run([`${root}scripts/bundle.mjs`, `${dir}/dist`])
  t.equal(status, 0, output)
  copyFileSync(`${root}package.json`, `${dir}/package.json`)
  symlinkSync(`${root}node_modules`, `${dir}/node_modules`)
  return { main: `${dir}/dist/main.js`, dir }
}

test('the bundle finds its version, its commands and the worker that opens an old PFX', async (t) => {
  const { main, dir } = await bundle(t)
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
  const { main, dir } = await bundle(t)
  writeFileSync(`${dir}/sidecar.yaml`, 'environments: [1]\n')
  const { status, output } = await run([main, 'check', '--offline', '--config', `${dir}/sidecar.yaml`])
  t.equal(status, 2, output)
  t.match(output, /environments/)
})
