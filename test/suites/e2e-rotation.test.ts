import { runFolder } from '../support/run-folder.ts'

await runFolder('e2e', /^rotation-/)
