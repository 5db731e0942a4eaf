import { test } from 'tap'
import { parseNoProxy } from '../../src/bank/no-proxy.ts'

const cases: [text: string, host: string, port: number, exempt: boolean][] = [
  ['', 'bank.test', 443, false],
  ['*', 'bank.test', 443, true],
  [' * ', 'bank.test', 443, true],
  ['bank.test', 'bank.test', 443, true],
  ['bank.test', 'BANK.test', 443, true],
  ['Bank.Test', 'bank.test', 443, true],
  ['bank.test', 'api.bank.test', 443, true],
  ['bank.test', 'mybank.test', 443, false],
  ['.bank.test', 'api.bank.test', 443, true],
  ['*.bank.test', 'api.bank.test', 443, true],
  ['*.bank.test', 'bank.test', 443, true],
  ['other.test,bank.test', 'bank.test', 443, true],
  ['other.test, bank.test', 'bank.test', 443, true],
  ['other.test\tbank.test ', 'bank.test', 443, true],
  [',,', 'bank.test', 443, false],
  ['bank.test:443', 'bank.test', 443, true],
  ['bank.test:8443', 'bank.test', 443, false],
  ['127.0.0.1', '127.0.0.1', 443, true],
  ['127.0.0.1:9443', '127.0.0.1', 9443, true],
  ['[::1]', '::1', 443, true],
  ['[::1]:9443', '::1', 9443, true],
  ['[::1]:9443', '::1', 443, false],
  ['::1', '::1', 443, true],
  ['*bank.test', 'api.bank.test', 443, false],
]

for (const [text, host, port, exempt] of cases) {
  test(`NO_PROXY=${JSON.stringify(text)} ${exempt ? 'exempts' : 'does not exempt'} ${host}:${port}`, (t) => {
    t.equal(parseNoProxy(text)(host, port), exempt)
    t.end()
  })
}
