import t, { test } from 'tap'
import { respond } from '../support/bank.ts'
import { startRawSidecar } from '../support/raw-sidecar.ts'
import { until } from '../support/until.ts'

const sidecar = await startRawSidecar(t)
const { api } = sidecar.bank

const host = 'Host: localhost\r\n'
const plain = api.handler
t.afterEach(() => {
  api.handler = plain
})

const unfinished: Record<string, string> = {
  'the request line': 'POST /part',
  'its headers': `POST /part HTTP/1.1\r\n${host}Content-Le`,
  'the last line of its head': `POST /part HTTP/1.1\r\n${host}Content-Length: 0\r\n`,
}

for (const [what, bytes] of Object.entries(unfinished)) {
  test(`a request that ends within ${what} is none`, async (t) => {
    for (const leave of ['end', 'destroy'] as const) {
      const app = await sidecar.connect()
      app.write(bytes)
      if (leave === 'end') app.end()
      else app.socket.destroySoon()
      await app.closed()
      t.same(await sidecar.seen(), [])
    }
  })
}

const halves: Record<string, string> = {
  'a length': `Content-Length: 10\r\n\r\nhello`,
  chunks: 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
  'half a chunk': 'Transfer-Encoding: chunked\r\n\r\na\r\nhello',
}

for (const [what, rest] of Object.entries(halves)) {
  test(`a body with ${what} that ends too early never looks whole to the bank`, async (t) => {
    for (const leave of ['end', 'reset'] as const) {
      const before = sidecar.requests().length
      const app = await sidecar.connect()
      app.write(`POST /part HTTP/1.1\r\n${host}${rest}`)
      await until(() => api.requests.at(-1)?.url === '/part')
      if (leave === 'end') app.end()
      else app.socket.resetAndDestroy()
      await app.closed()
      await until(() => !api.requests.at(-1)?.connection.open, { what: 'the bank sees the body break off' })
      t.same(await sidecar.seen(), ['POST /part hello (broken off)'])
      await until(() => sidecar.requests().length > before)
    }
  })
}

test('an app that hangs up before the answer leaves nothing behind, and the payment is sent once', async (t) => {
  let answer = (): void => {}
  api.handler = ({ seen, response }) => {
    if (seen.url !== '/gone') respond(response, 200, 'here')
    else answer = () => respond(response, 200, 'too late')
  }
  const app = await sidecar.connect()
  app.write(`POST /gone HTTP/1.1\r\n${host}Content-Length: 5\r\n\r\nhello`)
  await until(() => api.requests.some(({ url, complete }) => url === '/gone' && complete))
  app.socket.resetAndDestroy()
  answer()
  await until(() => sidecar.requests().some(({ status, route }) => status === 499 && route === '/gone'))
  t.same(await sidecar.seen(), ['POST /gone hello'])
})

test('an app that hangs up amid the answer does not keep the bank sending', async (t) => {
  api.handler = ({ seen, response }) => {
    if (seen.url !== '/endless') {
      respond(response, 200, 'here')
      return
    }
    response.writeHead(200)
    const write = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      response.once('drain', write)
    }
    write()
  }
  const app = await sidecar.connect()
  app.write(`GET /endless HTTP/1.1\r\n${host}\r\n`)
  await until(() => app.received().length > 65_536)
  app.socket.resetAndDestroy()
  await until(() => api.requests.some(({ url, connection }) => url === '/endless' && !connection.open))
  t.same(await sidecar.seen(), ['GET /endless'])
})

test('an app that hangs up amid its body while every connection to the bank is busy harms nobody', async (t) => {
  const busy = await startRawSidecar(t, { BC_MAX_CONNECTIONS: '2' })
  const held: (() => void)[] = []
  busy.bank.api.handler = ({ seen, response }) => {
    if (seen.url === '/busy') held.push(() => respond(response, 200, 'done'))
    else respond(response, 200, 'here')
  }
  const early = await Promise.all([1, 2].map(() => busy.connect()))
  for (const app of early) app.write(`GET /busy HTTP/1.1\r\n${host}\r\n`)
  await until(() => held.length === 2)
  // Some wait for a connection, the others for a place behind it.
  const apps = await Promise.all([1, 2, 3].map(() => busy.connect()))
  for (const app of apps) app.write(`POST /waits HTTP/1.1\r\n${host}Content-Length: 10\r\n\r\nhello`)
  const inFlight = async (): Promise<string | undefined> =>
    /"inFlight":(\d+)/.exec(await (await fetch(`${busy.admin}/status`)).text())?.[1]
  await until(async () => (await inFlight()) === '5')
  for (const app of apps) app.socket.resetAndDestroy()
  // Whatever is answered now comes after the reset.
  const last = await busy.connect()
  last.write(`GET /page HTTP/1.1\r\n${host}Origin: null\r\n\r\n`)
  t.equal((await last.answer()).status, 403)
  for (const answer of held) answer()
  for (const app of early) t.equal((await app.answer()).status, 200)
  await until(async () => (await inFlight()) === '0')
  t.same(await busy.seen(), ['GET /busy', 'GET /busy'])
  const outcome = { status: 499, requestSent: 'no' }
  t.match(
    busy.requests().filter(({ route }) => route === '/waits'),
    [outcome, outcome, outcome],
  )
})
