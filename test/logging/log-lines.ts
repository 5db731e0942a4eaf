import { createLogger } from '../../src/logging.ts'

// A process that logs to its standard output, for the tests to read: how many lines, and how it ends.
const [count = '1', ending = 'return', format = 'json'] = process.argv.slice(2)
const { log } = createLogger({ level: 'info', format: format === 'pretty' ? 'pretty' : 'json' })
for (let line = 1; line <= Number(count); line++) log.info({ line, padding: '.'.repeat(200) }, 'a line')
if (ending === 'exit') process.exit(0)
if (ending === 'throw') throw new Error('thrown')
if (ending === 'stay') setInterval(() => log.info('still here'), 20)
process.on('message', () => process.exit(0))
