import { runFolder } from '../support/run-folder.ts'

await runFolder('.')
await runFolder('bank')
await runFolder('docs')
await runFolder('kubernetes')
await runFolder('scripts')
await runFolder('security')
await runFolder('cli')
