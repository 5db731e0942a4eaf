import { runFolder } from '../support/run-folder.ts'

await runFolder('credentials')
await runFolder('simulator')
