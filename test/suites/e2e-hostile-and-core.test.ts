import { runFolder } from '../support/run-folder.ts'

await runFolder('e2e', /^hostile-/)
await runFolder('admin')
await runFolder('config')
await runFolder('fleet')
await runFolder('logging')
await runFolder('proxy')
await runFolder('token')
