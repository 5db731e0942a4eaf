// Inside a sidecar's container, from standard input: calls through it until it has lost its token cache and has it again. Ends
// with 0 when every call was answered as it should be, and by itself after a minute.
import { setTimeout } from 'node:timers/promises'

const until = Date.now() + 60_000
let calls = 0
let lost = false

for (let connected = true; !(lost && connected); await setTimeout(100)) {
  const answer = await fetch('http://127.0.0.1:8080/api/v1/accounts')
  const text = await answer.text()
  if (!answer.ok || !text.includes('"accountId"')) throw new Error(`call ${calls}: ${answer.status} ${text}`)
  calls++
  const { tokenCache } = await (await fetch('http://127.0.0.1:9901/status')).json()
  connected = tokenCache.connected
  lost ||= !connected
  const ready = await fetch('http://127.0.0.1:9901/readyz')
  if (!ready.ok) throw new Error(`not ready: ${await ready.text()}`)
  if (Date.now() > until)
    throw new Error(lost ? 'it has not joined Redis again' : 'it has not noticed that Redis is gone')
}
console.log(`${calls} calls`)
