/**
 * RC2 in CBC mode, which OpenSSL 3 refuses without its legacy provider. node-forge is loaded only here, when a
 * file needs it.
 */
export async function decryptRc2(options: { key: Buffer; iv: Buffer; bytes: Buffer }): Promise<Buffer> {
  const { default: forge } = await import('node-forge')
  const { key, iv, bytes } = options
  const rc2 = forge.rc2.createDecryptionCipher(key.toString('latin1'), key.length * 8)
  rc2.start(iv.toString('latin1'))
  rc2.update(forge.util.createBuffer(bytes.toString('latin1')))
  if (!rc2.finish()) throw new SyntaxError('wrong padding')
  return Buffer.from(rc2.output.getBytes(), 'latin1')
}
