import { test } from 'tap'
import { commands } from '../../src/cli/arguments.ts'
import { helpText } from '../../src/cli/help.ts'
import { faultTable } from '../../src/simulator/faults.ts'

test('the first help names every command', async (t) => {
  for (const command of commands) t.match(helpText('run'), `  ${command} `)
})

test('the help of simulate explains every fault', async (t) => {
  const text = helpText('simulate')
  for (const { name, does } of faultTable) t.ok(text.includes(name) && text.includes(does), name)
})

test('options that the commands take are explained', async (t) => {
  t.match(helpText('check'), /--offline.*--json/s)
  t.match(helpText('health'), '--wait SECONDS')
  for (const option of ['dir', 'listen', 'authorization-listen', 'token-ttl', 'throttle', 'allow-remote'])
    t.match(helpText('simulate'), `--${option}`)
  t.match(helpText('demo'), 'BC_LISTEN')
})
