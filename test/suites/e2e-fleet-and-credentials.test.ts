import { runFolder } from '../support/run-folder.ts'

await runFolder('e2e', /^fleet-/)
await runFolder('credentials')
