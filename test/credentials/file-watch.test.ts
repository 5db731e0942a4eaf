import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { watchFiles } from '../../src/credentials/file-watch.ts'
import { until } from '../support/until.ts'

const never = 2 ** 30

test('the first look is urgent, and so is one that is asked for, also during another', async (t) => {
  const looks: boolean[] = []
  let goOn = (): void => undefined
  const look = (urgent: boolean): Promise<void> => {
    looks.push(urgent)
    return new Promise((resolve) => {
      goOn = resolve
    })
  }
  const watch = watchFiles({ paths: [join(t.testdir({}), 'file')], pollMs: never, look })
  await until(() => looks.length === 1)
  watch.hurry()
  watch.hurry()
  goOn()
  await watch.started
  await until(() => looks.length === 2)
  goOn()
  watch.hurry()
  await until(() => looks.length === 3)
  goOn()
  await watch.close()
  t.strictSame(looks, [true, true, true])
})

test('files are looked at again and again, without any event', async (t) => {
  const looks: boolean[] = []
  const look = async (urgent: boolean): Promise<void> => void looks.push(urgent)
  const watch = watchFiles({ paths: ['/nowhere/file'], pollMs: 1, look })
  await until(() => looks.length > 3)
  await watch.close()
  const seen = looks.length
  t.strictSame(looks.slice(0, 3), [true, false, false])
  watch.hurry()
  await watch.close()
  t.equal(looks.length, seen)
})

test('a burst of events brings one look', async (t) => {
  const path = t.testdir({ file: '0' })
  let looks = 0
  const look = async (): Promise<void> => void looks++
  const watch = watchFiles({ paths: [join(path, 'file')], pollMs: never, look })
  await watch.started
  for (let count = 1; count < 20; count++) writeFileSync(join(path, 'file'), `${count}`)
  await until(() => looks > 1)
  t.equal(looks, 2)
  writeFileSync(join(path, 'file'), 'a hint that nobody waits for any longer')
  await watch.close()
})

test('closing before the first look ends everything', async (t) => {
  let looks = 0
  const look = async (): Promise<void> => void looks++
  const watch = watchFiles({ paths: [join(t.testdir({}), 'file')], pollMs: 1, look })
  await watch.close()
  t.equal(looks, 1)
})
