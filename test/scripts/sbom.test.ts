import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'
import { bareNode } from '../support/bundled.ts'

const script = fileURLToPath(new URL('../../scripts/sbom.mjs', import.meta.url))

/** What npm says, where it matters. */
function fromNpm(serialNumber: string, directory: string): string {
  return JSON.stringify({
    bomFormat: 'CycloneDX',
    serialNumber,
    metadata: {
      timestamp: new Date().toISOString(),
      component: { 'bom-ref': '@scope/program@1.2.3', type: 'library', name: directory, version: '1.2.3' },
    },
    components: [{ 'bom-ref': 'pino@1.0.0' }],
  })
}

function fixed(input: string, epoch: Record<string, string> = { SOURCE_DATE_EPOCH: '1700000000' }): string {
  const { SOURCE_DATE_EPOCH: _, ...rest } = process.env
  const env = { ...rest, ...epoch }
  const { stdout, status } = spawnSync(...bareNode([script]), { input, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`it ended with ${status}`)
  return stdout
}

test('the bill of materials is the same wherever and whenever it is made', async (t) => {
  const one = fixed(fromNpm('urn:uuid:1', 'here'))
  t.equal(fixed(fromNpm('urn:uuid:2', 'there')), one)
  t.match(JSON.parse(one), {
    serialNumber: /^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/,
    metadata: {
      timestamp: '2023-11-14T22:13:20.000Z',
      component: { type: 'application', name: '@scope/program', version: '1.2.3' },
    },
    components: [{ 'bom-ref': 'pino@1.0.0' }, { name: 'node', version: process.versions.node }],
  })
})

test('without SOURCE_DATE_EPOCH it is of 1970', async (t) => {
  const { metadata } = JSON.parse(fixed(fromNpm('urn:uuid:1', 'here'), {}))
  t.equal(metadata.timestamp, '1970-01-01T00:00:00.000Z')
})
