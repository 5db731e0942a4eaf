import { runFolder } from '../support/run-folder.ts'

await runFolder('e2e', /^(environments|process|shutdown|unix-socket)\./)
