import forge from 'node-forge'

const { asn1 } = forge
const { Class, Type } = asn1

export type Node = forge.asn1.Asn1

/** Bytes are forge's binary strings throughout: one character for each byte. */
export type Bytes = string

export const sequence = (...parts: Node[]): Node => asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, parts)

export const set = (...parts: Node[]): Node => asn1.create(Class.UNIVERSAL, Type.SET, true, parts)

export const octets = (bytes: Bytes): Node => asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, bytes)

export const nothing = (): Node => asn1.create(Class.UNIVERSAL, Type.NULL, false, '')

export const integer = (value: number): Node =>
  asn1.create(Class.UNIVERSAL, Type.INTEGER, false, asn1.integerToDer(value).getBytes())

export const oid = (dotted: string): Node =>
  asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer(dotted).getBytes())

/** [0] EXPLICIT. */
export const explicit = (inner: Node): Node => asn1.create(Class.CONTEXT_SPECIFIC, 0, true, [inner])

/** [0] IMPLICIT OCTET STRING. */
export const implicitOctets = (bytes: Bytes): Node => asn1.create(Class.CONTEXT_SPECIFIC, 0, false, bytes)

export const encode = (node: Node): Bytes => asn1.toDer(node).getBytes()

/** The DER inside a PEM text's first block. @throws when there is none */
export const derOf = (pem: string): Bytes => {
  const [block] = forge.pem.decode(pem) as [forge.pem.ObjectPEM]
  return block.body
}

export const parse = (bytes: Bytes): Node => asn1.fromDer(bytes)
