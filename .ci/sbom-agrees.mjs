// node sbom-agrees.mjs SBOM MANIFESTS: whether the packages of the one are those whose package.json the other lists.
import { readFileSync } from 'node:fs'

const [, , sbom, manifests] = process.argv
const { components } = JSON.parse(readFileSync(sbom, 'utf8'))
const named = new Set(components.map(({ name }) => name).filter((name) => name !== 'node'))
const present = new Set(
  readFileSync(manifests, 'utf8')
    .split('\n')
    .flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(path)?.[1] ?? []),
)
const unnamed = [...present].filter((name) => !named.has(name))
const missing = [...named].filter((name) => !present.has(name))
console.log(`note: the bill of materials has ${components.length} components`)
if (unnamed.length + missing.length > 0) {
  console.error(`not in it: ${unnamed}; not in the image: ${missing}`)
  process.exitCode = 1
}
