import forge from 'node-forge'
import * as der from './der.ts'

const iterations = 2048

const oids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  localKeyId: '1.2.840.113549.1.9.21',
  rc2With40Bits: '1.2.840.113549.1.12.1.6',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const

/** `modern`: as OpenSSL 3 writes them. `legacy`: as old Windows tools do; OpenSSL 3 refuses its RC2-40. */
export type PfxKind = 'modern' | 'legacy'

interface Scheme {
  /** Both return SEQUENCE { AlgorithmIdentifier, OCTET STRING }, as PKCS#8's EncryptedPrivateKeyInfo. */
  readonly encryptKey: (content: der.Node, passphrase: string) => der.Node
  readonly encryptCertificates: (content: der.Node, passphrase: string) => der.Node
  readonly digest: () => forge.md.MessageDigest
  readonly digestOid: string
}

const withAes256 = (content: der.Node, passphrase: string): der.Node =>
  forge.pki.encryptPrivateKeyInfo(content, passphrase, {
    algorithm: 'aes256',
    prfAlgorithm: 'sha256',
    count: iterations,
    saltSize: 16,
  })

const withTripleDes = (content: der.Node, passphrase: string): der.Node =>
  forge.pki.encryptPrivateKeyInfo(content, passphrase, { algorithm: '3des', count: iterations })

const schemes: Readonly<Record<PfxKind, Scheme>> = {
  modern: {
    encryptKey: withAes256,
    encryptCertificates: withAes256,
    digest: () => forge.md.sha256.create(),
    digestOid: oids.sha256,
  },
  legacy: {
    encryptKey: withTripleDes,
    encryptCertificates: withRc2,
    digest: () => forge.md.sha1.create(),
    digestOid: oids.sha1,
  },
}

export interface PfxContent {
  readonly certificatePem: string
  readonly privateKeyPem: string
  readonly passphrase: string
}

/** A PKCS#12 file of one certificate and its key (RFC 7292), in DER. Chain certificates stay out. */
export function createPfx(kind: PfxKind, content: PfxContent): Buffer {
  const scheme = schemes[kind]
  const certificate = der.derOf(content.certificatePem)
  const keyId = forge.md.sha1.create().update(certificate).digest().getBytes()
  const certificates = der.sequence(certificateBag(certificate, keyId))
  const key = scheme.encryptKey(der.parse(der.derOf(content.privateKeyPem)), content.passphrase)
  const safe = der.encode(
    der.sequence(
      encryptedContent(scheme.encryptCertificates(certificates, content.passphrase)),
      plainContent(der.encode(der.sequence(keyBag(key, keyId)))),
    ),
  )
  const pfx = der.sequence(der.integer(3), plainContent(safe), macOf(safe, scheme, content.passphrase))
  return Buffer.from(der.encode(pfx), 'latin1')
}

function certificateBag(certificate: der.Bytes, keyId: der.Bytes): der.Node {
  const value = der.sequence(der.oid(oids.x509Certificate), der.explicit(der.octets(certificate)))
  return der.sequence(der.oid(oids.certificateBag), der.explicit(value), keyIdAttribute(keyId))
}

function keyBag(key: der.Node, keyId: der.Bytes): der.Node {
  return der.sequence(der.oid(oids.shroudedKeyBag), der.explicit(key), keyIdAttribute(keyId))
}

/** Says which key belongs to which certificate: Windows and Java go by it. */
function keyIdAttribute(keyId: der.Bytes): der.Node {
  return der.set(der.sequence(der.oid(oids.localKeyId), der.set(der.octets(keyId))))
}

function plainContent(bytes: der.Bytes): der.Node {
  return der.sequence(der.oid(oids.data), der.explicit(der.octets(bytes)))
}

function encryptedContent(encrypted: der.Node): der.Node {
  const [algorithm, ciphertext] = encrypted.value as [der.Node, der.Node]
  const bytes = der.implicitOctets(ciphertext.value as der.Bytes)
  const info = der.sequence(der.oid(oids.data), algorithm, bytes)
  return der.sequence(der.oid(oids.encryptedData), der.explicit(der.sequence(der.integer(0), info)))
}

/** pbeWithSHAAnd40BitRC2-CBC (RFC 7292, appendix C), which forge reads but does not write. */
function withRc2(content: der.Node, passphrase: string): der.Node {
  const salt = forge.random.getBytesSync(8)
  const derive = (id: 1 | 2, length: number) =>
    forge.pkcs12.generateKey(passphrase, forge.util.createBuffer(salt), id, iterations, length)
  const cipher = forge.rc2.createEncryptionCipher(derive(1, 5), 40)
  cipher.start(derive(2, 8))
  cipher.update(forge.util.createBuffer(der.encode(content)))
  cipher.finish()
  const parameters = der.sequence(der.octets(salt), der.integer(iterations))
  const algorithm = der.sequence(der.oid(oids.rc2With40Bits), parameters)
  return der.sequence(algorithm, der.octets(cipher.output.getBytes()))
}

function macOf(safe: der.Bytes, { digest, digestOid }: Scheme, passphrase: string): der.Node {
  const salt = forge.random.getBytesSync(8)
  const length = digest().digestLength
  const bytes = forge.util.createBuffer(salt)
  const key = forge.pkcs12.generateKey(passphrase, bytes, 3, iterations, length, digest())
  const hmac = forge.hmac.create()
  hmac.start(digest(), key)
  hmac.update(safe)
  const algorithm = der.sequence(der.oid(digestOid), der.nothing())
  const value = der.sequence(algorithm, der.octets(hmac.getMac().getBytes()))
  return der.sequence(value, der.octets(salt), der.integer(iterations))
}
