/**
 * npm sbom … > SBOM; node scripts/sbom.mjs < SBOM: the same bill of materials each time. npm's own has a random serial number, the time of day
 * and the name of the directory in it. Adds the Node.js that runs this, which is of the version that the image runs.
 */
import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'

const { serialNumber: _, ...bom } = JSON.parse(await text(process.stdin))
const { component } = bom.metadata
const [name, version] = component['bom-ref'].split(/(?<=.)@/)
const built = new Date(Number(process.env.SOURCE_DATE_EPOCH ?? 0) * 1000)
const node = {
  'bom-ref': `node@${process.versions.node}`,
  type: 'platform',
  name: 'node',
  version: process.versions.node,
  purl: `pkg:generic/node@${process.versions.node}`,
  licenses: [{ license: { id: 'MIT' } }],
}
const fixed = {
  ...bom,
  metadata: {
    ...bom.metadata,
    timestamp: built.toISOString(),
    lifecycles: [{ phase: 'build' }],
    component: { ...component, type: 'application', name, version },
  },
  components: [...bom.components, node],
}
const digest = createHash('sha256').update(JSON.stringify(fixed)).digest('hex')
const [, a, b, c, d] = /^(.{8})(.{4}).(.{3}).(.{15})/.exec(digest)
// RFC 9562, version 8: made from the content.
const serialNumber = `urn:uuid:${a}-${b}-8${c}-8${d.slice(0, 3)}-${d.slice(3)}`
process.stdout.write(`${JSON.stringify({ ...fixed, serialNumber }, null, 2)}\n`)
