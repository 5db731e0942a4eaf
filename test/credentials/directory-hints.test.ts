import { EventEmitter } from 'node:events'
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { watchDirectories } from '../../src/credentials/directory-hints.ts'
import { until } from '../support/until.ts'

test('a change in the directory of a file, or in the one it leads to, is hinted at', async (t) => {
  const path = t.testdir({ link: { file: t.fixture('symlink', '../real/file') }, real: { file: '1' } })
  let hints = 0
  const watching = watchDirectories({ paths: [join(path, 'link/file')], hint: () => hints++ })
  t.teardown(() => watching.close())
  await watching.refresh()
  writeFileSync(join(path, 'link/other'), '')
  await until(() => hints > 0)
  hints = 0
  writeFileSync(join(path, 'real/file'), '2')
  await until(() => hints > 0)
})

test('a directory that takes the place of another is watched from the next refresh on', async (t) => {
  const path = t.testdir({ directory: { file: '1' } })
  let hints = 0
  const watching = watchDirectories({ paths: [join(path, 'directory/file')], hint: () => hints++ })
  t.teardown(() => watching.close())
  await watching.refresh()
  renameSync(join(path, 'directory'), join(path, 'old'))
  await watching.refresh()
  mkdirSync(join(path, 'directory'))
  await watching.refresh()
  hints = 0
  writeFileSync(join(path, 'directory/file'), '2')
  await until(() => hints > 0)
})

test('Kubernetes’ change of a link is hinted at, time and again', async (t) => {
  const path = t.testdir({ a: { file: '1' }, b: { file: '2' }, '..data': t.fixture('symlink', 'a') })
  symlinkSync('..data/file', join(path, 'file'))
  let hints = 0
  const watching = watchDirectories({ paths: [join(path, 'file')], hint: () => hints++ })
  t.teardown(() => watching.close())
  for (const target of ['b', 'a', 'b']) {
    await watching.refresh()
    hints = 0
    symlinkSync(target, join(path, '..new'))
    renameSync(join(path, '..new'), join(path, '..data'))
    await until(() => hints > 0)
  }
})

test('without watches there are no hints, and each refresh tries again', async (t) => {
  const path = t.testdir({ file: '1' })
  const watchers: Array<EventEmitter & { close: () => void; closed: boolean }> = []
  let left = 0
  const watch = () => {
    if (left-- <= 0) throw new Error('ENOSPC')
    const watcher = Object.assign(new EventEmitter(), {
      closed: false,
      close: () => Object.assign(watcher, { closed: true }),
    })
    watchers.push(watcher)
    return watcher as never
  }
  const watching = watchDirectories({ paths: [join(path, 'file')], hint: () => undefined, watch })
  await watching.refresh()
  t.equal(watchers.length, 0)
  left = 2
  await watching.refresh()
  await watching.refresh()
  t.equal(watchers.length, 1)
  watchers[0]?.emit('error', new Error('gone'))
  t.equal(watchers[0]?.closed, true)
  await watching.refresh()
  t.equal(watchers.length, 2)
  watching.close()
  t.equal(watchers[1]?.closed, true)
})

test('nothing is watched once it is closed', async (t) => {
  const path = t.testdir({ file: '1' })
  const watching = watchDirectories({
    paths: [join(path, 'file')],
    hint: () => undefined,
    watch: () => t.fail('watched') as never,
  })
  const refreshing = watching.refresh()
  watching.close()
  await refreshing
  rmSync(path, { recursive: true })
  await watching.refresh()
})
