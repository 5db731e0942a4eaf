import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ReplacedFile {
  readonly path: string
  /** In every way in turn; gives its name. */
  replace(bytes: string | Buffer): string
}

/** A link to a file behind a link to its directory, as the kubelet mounts a secret. */
export function createReplacedFile(base: string, name: string, bytes: string | Buffer): ReplacedFile {
  const link = join(base, '..data')
  const path = join(link, name)
  let version = 0
  let turn = 0

  function fill(content: string | Buffer): string {
    const directory = `version-${++version}`
    mkdirSync(join(base, directory))
    writeFileSync(join(base, directory, name), content)
    return directory
  }

  const ways: Readonly<Record<string, (content: string | Buffer) => void>> = {
    'rename over'(content) {
      writeFileSync(`${path}.new`, content)
      renameSync(`${path}.new`, path)
    },
    'in place': (content) => writeFileSync(path, content),
    'unlink and create'(content) {
      unlinkSync(path)
      writeFileSync(path, content)
    },
    'link to another directory'(content) {
      const old = `version-${version}`
      symlinkSync(fill(content), join(base, 'next'))
      renameSync(join(base, 'next'), link)
      rmSync(join(base, old), { recursive: true })
    },
    'another directory in its place'(content) {
      const current = join(base, `version-${version}`)
      const beside = join(base, fill(content))
      renameSync(current, join(base, 'old'))
      renameSync(beside, current)
      version--
      rmSync(join(base, 'old'), { recursive: true })
    },
  }
  symlinkSync(fill(bytes), link)
  symlinkSync(join('..data', name), join(base, name))
  return {
    path: join(base, name),
    replace(content) {
      const [way, replace] = Object.entries(ways)[turn++ % Object.keys(ways).length] as [
        string,
        (typeof ways)[string],
      ]
      replace?.(content)
      return way
    },
  }
}
