import { test } from 'tap'
import { usageFault } from '../../src/credentials/certificate-extensions.ts'
import {
  createAuthority,
  type IssueOptions,
  keyAgreement,
  keyEncipherment,
  keyUsages,
} from '../support/pki.ts'

const authority = await createAuthority()

test('certificates for clients may be used, and those that do not say for whom they are', async (t) => {
  const cases: IssueOptions[] = [
    {},
    { keyUsage: 0, extendedKeyUsage: [] },
    { extendedKeyUsage: [keyUsages.serverAuth, keyUsages.clientAuth] },
    { extendedKeyUsage: [keyUsages.any] },
    { keyUsage: keyAgreement },
  ]
  for (const options of cases) t.equal(await faultOf(options), undefined)
})

test('certificates for something else may not', async (t) => {
  t.match(await faultOf({ extendedKeyUsage: [keyUsages.serverAuth] }), {
    code: 'certificate_unusable',
    message: /^the extended key usage of the certificate in the certificate file does not allow client auth/,
  })
  t.match(await faultOf({ keyUsage: keyEncipherment }), {
    code: 'certificate_unusable',
    message:
      /^the key usage of the certificate in the certificate file does not allow client authentication; /,
  })
})

test('a certificate without any extension may be used', async (t) => {
  const { certificate } = await authority.client({ bare: true })
  t.equal(usageFault(certificate, 'certificate file'), undefined)
})

async function faultOf(options: IssueOptions): Promise<Error | undefined> {
  const { certificate } = await authority.client(options)
  return usageFault(certificate, 'certificate file')
}
