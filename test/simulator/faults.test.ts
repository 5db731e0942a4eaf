import { test } from 'tap'
import { createFaultPlan } from '../../src/simulator/fault-plan.ts'
import { faultSyntax, faultTable, parseFaults } from '../../src/simulator/faults.ts'

const always = { kind: 'chance', p: 1 }

test('a switch stands alone, or with a value, a count or a chance', (t) => {
  const table: [string, unknown][] = [
    ['', []],
    [' , ', []],
    ['token-500', [{ name: 'token-500', value: '', when: always }]],
    ['api-slow=1500', [{ name: 'api-slow', value: '1500', when: always }]],
    ['api-503:0.1', [{ name: 'api-503', value: '', when: { kind: 'chance', p: 0.1 } }]],
    ['api-503:.25', [{ name: 'api-503', value: '', when: { kind: 'chance', p: 0.25 } }]],
    ['api-503:3', [{ name: 'api-503', value: '', when: { kind: 'first', count: 3 } }]],
    ['api-slow=5:2', [{ name: 'api-slow', value: '5', when: { kind: 'first', count: 2 } }]],
    ['token-rejected', [{ name: 'token-rejected', value: '401', when: always }]],
    ['token-rejected=403', [{ name: 'token-rejected', value: '403', when: always }]],
    ['api-401-once', [{ name: 'api-401-once', value: '', when: { kind: 'first', count: 1 } }]],
    ['api-401-once:2', [{ name: 'api-401-once', value: '', when: { kind: 'first', count: 2 } }]],
    [
      'token-500:1, token-hang',
      [
        { name: 'token-500', value: '', when: { kind: 'first', count: 1 } },
        { name: 'token-hang', value: '', when: always },
      ],
    ],
  ]
  for (const [text, expected] of table) t.strictSame(parseFaults(text), expected, text)
  t.end()
})

test('a wrong switch is named, with what would be right', (t) => {
  const table: [string, RegExp][] = [
    ['api-50', /^unknown fault "api-50": choose among token-slow, token-500, .*api-garbage$/],
    ['constructor', /^unknown fault "constructor"/],
    ['=', /^unknown fault ""/],
    ['api-503:\n1', /^unknown fault ""/],
    ['api-slow', /^api-slow needs a number of milliseconds: write api-slow=1500$/],
    ['api-slow=', /^api-slow needs a number of milliseconds/],
    ['api-slow=-1', /^api-slow needs a number of milliseconds/],
    ['token-429-retry-after=soon', /^token-429-retry-after needs a number of seconds: write .*=7$/],
    ['token-rejected=404', /^token-rejected needs 400, 401 or 403: write token-rejected=403$/],
    ['token-500=1', /^token-500 takes no value: write token-500$/],
    ['api-503:0', /^"api-503:0": after the colon comes a count \(api-503:3\) or a chance below 1/],
    ['api-503:1.5', /after the colon/],
    ['api-503:0.0', /after the colon/],
    ['api-503:-1', /after the colon/],
    ['api-503:', /after the colon/],
  ]
  for (const [text, message] of table) t.throws(() => parseFaults(text), message, text)
  t.end()
})

test('all wrong switches are told at once', (t) => {
  t.throws(() => parseFaults('nonsense,token-500,api-slow'), /^unknown fault "nonsense".*\napi-slow needs/)
  t.end()
})

test('the table for --help names every switch as it is written', (t) => {
  for (const { name, does } of faultTable) {
    t.ok(does.length > 1, name)
    t.doesNotThrow(() => parseFaults(name.replaceAll(/[[\]]/g, '')), name)
  }
  t.match(faultSyntax, 'api-503:0.1')
  t.end()
})

const table = {
  'token-500': { does: '', act: 'five' },
  'token-429': { does: '', act: 'four' },
} as const

test('counted faults of one step act one after another, in the order given', (t) => {
  const plan = createFaultPlan(parseFaults('token-500:2,api-hang,token-429:1'), () => 0.5)
  const acts = Array.from({ length: 5 }, () => plan.next<string>(table)?.act)
  t.strictSame(acts, ['five', 'five', 'four', undefined, undefined])
  t.end()
})

test('a fault with a chance acts as often as chance has it', (t) => {
  const numbers = [0.09, 0.1, 0.99, 0]
  const plan = createFaultPlan(parseFaults('token-500:0.1'), () => numbers.shift() ?? 1)
  const acts = Array.from({ length: 4 }, () => plan.next<string>(table)?.act)
  t.strictSame(acts, ['five', undefined, undefined, 'five'])
  t.end()
})
