import type { Test } from 'tap'
import type { TestBank } from './bank.ts'
import { connectRaw, type RawApp } from './raw-app.ts'

export interface RawDoor {
  readonly bank: TestBank
  /** Origin of the door. */
  readonly apps: string
  /** `methods` tells which of its requests are HEAD: their answers have no body. */
  connect(methods?: readonly string[]): Promise<RawApp>
  /** What the bank has seen since the last look, up to a plain request sent now: `METHOD /path body`. */
  seen(): Promise<string[]>
}

/** The door of a sidecar in front of `bank`, for apps that send bytes. */
export function rawDoor(t: Test, bank: TestBank, apps: string): RawDoor {
  const port = Number(new URL(apps).port)
  let looked = 0
  return {
    bank,
    apps,
    connect: (methods) => connectRaw(t, port, methods),
    async seen() {
      const app = await connectRaw(t, port)
      app.write('GET /last-look HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
      await app.closed()
      const since = bank.api.requests.slice(looked)
      looked = bank.api.requests.length
      return since.filter(({ url }) => url !== '/last-look').map(describe)
    },
  }
}

function describe({ method, url, body, complete }: TestBank['api']['requests'][number]): string {
  return [method, url, body.toString('latin1'), complete ? '' : '(broken off)'].filter(Boolean).join(' ')
}
