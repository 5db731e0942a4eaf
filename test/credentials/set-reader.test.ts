import { test } from 'tap'
import { createSetReader, type SetReaderOptions } from '../../src/credentials/set-reader.ts'
import { unlock } from '../../src/credentials/unlock.ts'
import { createAuthority } from '../support/pki.ts'
import { until } from '../support/until.ts'
import { credentialDirectory } from './credential-directory.ts'

const authority = await createAuthority()
const client = await authority.client()
const certificate = client.certPem + client.keyPem
const calm = { urgent: false, inUse: undefined }
const urgent = { urgent: true, inUse: undefined }

test('a change counts when it is read twice, or asked for', async (t) => {
  const { sources, write } = credentialDirectory(t, { certificate })
  const read = reader({ sources })
  t.match(await read(calm), { kind: 'unsettled' })
  t.match(await read(calm), { kind: 'sound', set: { thumbprint: client.thumbprint } })
  write({ password: 'other' })
  t.match(await read(calm), { kind: 'unsettled' })
  write({ password: 'yet another' })
  t.match(await read(calm), { kind: 'unsettled' })
  t.match(await read(urgent), { kind: 'sound' })
})

test('what is in use is not opened again, nor is the same twice', async (t) => {
  const { sources, write } = credentialDirectory(t, { certificate })
  let opened = 0
  const read = reader({
    sources,
    unlock: (material) => {
      opened++
      return unlock(material)
    },
  })
  const first = await read(urgent)
  t.match(await read(calm), { kind: 'sound' })
  const inUse = first.kind === 'sound' ? first.set.identity : undefined
  t.strictSame(await read({ ...calm, inUse }), { kind: 'in use' })
  write({ certificate: 'half' })
  t.match(await read({ ...calm, inUse }), { kind: 'unsettled' })
  t.match(await read({ ...calm, inUse }), { kind: 'unsound', fault: { message: /is neither PFX nor PEM/ } })
  write({ certificate })
  t.strictSame(await read({ ...calm, inUse }), { kind: 'in use' })
  t.equal(opened, 2)
})

test('a set becomes sound, and unsound, as time goes by', async (t) => {
  const { sources } = credentialDirectory(t, { certificate })
  let nowMs = 0
  const read = reader({ sources, wallNow: () => nowMs })
  t.match(await read(urgent), { kind: 'unsound', fault: { message: /is not valid before/ } })
  nowMs = Date.now()
  t.match(await read(calm), { kind: 'sound' })
  nowMs += 30 * 86_400_000
  t.match(await read(calm), { kind: 'unsound', fault: { message: /has expired at/ } })
})

test('whatever goes wrong is a fault of the set, and is tried again when asked for', async (t) => {
  const { sources } = credentialDirectory(t, { certificate })
  const failures = [new TypeError('of ours')]
  const read = reader({
    sources,
    unlock: async (material) => {
      const failure = failures.pop()
      if (failure !== undefined) throw failure
      return unlock(material)
    },
  })
  const fault = {
    code: 'certificate_unusable',
    message: /^the credential files cannot be used; /,
    cause: TypeError,
  }
  t.match(await read(urgent), { kind: 'unsound', fault })
  t.match(await read(calm), { kind: 'unsound', fault })
  t.match(await read(urgent), { kind: 'sound' })
})

test('files that change while they are being opened are not opened any further', async (t) => {
  const { sources, write } = credentialDirectory(t, { certificate })
  const renewed = await authority.client()
  let opening: AbortSignal | undefined
  const read = reader({
    sources,
    unlock: (material, signal) => {
      if (opening !== undefined) return unlock(material)
      opening = signal
      return new Promise((_, reject) => signal.addEventListener('abort', reject))
    },
  })
  const first = read(urgent)
  await until(() => opening)
  write({ certificate: renewed.certPem + renewed.keyPem })
  t.strictSame(await first, { kind: 'unsettled' })
  t.equal(opening?.aborted, true)
  t.match(await read(calm), { kind: 'sound', set: { thumbprint: renewed.thumbprint } })
})

function reader(
  options: Partial<SetReaderOptions> & Pick<SetReaderOptions, 'sources'>,
): ReturnType<typeof createSetReader> {
  return createSetReader({ wallNow: Date.now, unlock, pollMs: 1, ...options })
}
