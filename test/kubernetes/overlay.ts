import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export const directory: string = fileURLToPath(new URL('../../config/kubernetes/', import.meta.url))

export type Manifest = { readonly [key: string]: unknown }

interface Kustomization {
  readonly resources?: readonly string[]
  readonly components?: readonly string[]
  readonly patches?: readonly { readonly path: string }[]
}

/** Kubernetes reads YAML 1.1, where 0440 is octal. */
export function readYaml(path: string): Manifest {
  return parse(readFileSync(join(directory, path), 'utf8'), { version: '1.1' }) as Manifest
}

/** The resources of a kustomization and of its components, patched: as kustomize would, but for names and images. */
export function build(overlay: string): readonly Manifest[] {
  const { resources = [], components = [] } = readYaml(`${overlay}/kustomization.yaml`) as Kustomization
  const parts = components.map((component) => {
    const path = join(overlay, component)
    return { path, ...(readYaml(`${path}/kustomization.yaml`) as Kustomization) }
  })
  const read = (base: string, paths: readonly string[]): Manifest[] =>
    paths.map((path) => readYaml(join(base, path)))
  const patches = parts.flatMap(({ path, patches: own = [] }) =>
    read(
      path,
      own.map((patch) => patch.path),
    ),
  )
  const all = [...read(overlay, resources), ...parts.flatMap((part) => read(part.path, part.resources ?? []))]
  return all.map((one) => patches.filter(({ kind }) => kind === one['kind']).reduce(patched, one))
}

/** The patch's name is any: its target is chosen by label. */
function patched(resource: Manifest, patch: Manifest): Manifest {
  const { metadata: _, ...rest } = patch
  return merged(resource, rest) as Manifest
}

/** A strategic merge: lists of named things are merged by name, the patch's new ones first. */
function merged(base: unknown, patch: unknown): unknown {
  if (isNamedList(base) && isNamedList(patch)) {
    const kept = base.map((one) => merged(one, patch.find(({ name }) => name === one.name) ?? {}))
    const known = new Set(base.map(({ name }) => name))
    return [...patch.filter(({ name }) => !known.has(name)), ...kept]
  }
  if (!isMapping(base) || !isMapping(patch)) return patch
  const changed = Object.entries(patch).map(([key, value]) => [
    key,
    key in base ? merged(base[key], value) : value,
  ])
  return { ...base, ...Object.fromEntries(changed) }
}

function isMapping(value: unknown): value is Manifest {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNamedList(value: unknown): value is readonly { readonly name: string }[] {
  return Array.isArray(value) && value.every((one) => isMapping(one) && typeof one['name'] === 'string')
}
