import { parentPort, workerData } from 'node:worker_threads'
import { answer } from './unlock.ts'

parentPort?.postMessage(await answer(workerData))
