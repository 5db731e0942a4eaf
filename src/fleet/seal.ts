import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** AES-256-GCM: what was not sealed with the same key, for the same name, does not open. */
export interface Seal {
  close(name: string, content: string): string
  /** Undefined for anything forged, foreign, truncated, or of another version. */
  open(name: string, sealed: string): string | undefined
}

const version = '1.'
const nonceBytes = 12
const tagBytes = 16

export function createSeal(key: Uint8Array): Seal {
  return {
    close(name, content) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(version + name))
      const text = Buffer.concat([cipher.update(content, 'utf8'), cipher.final()])
      return version + Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64url')
    },
    open(name, sealed) {
      const bytes = Buffer.from(sealed.slice(version.length), 'base64url')
      if (!sealed.startsWith(version) || bytes.length < nonceBytes + tagBytes) return undefined
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      })
        .setAAD(Buffer.from(version + name))
        .setAuthTag(bytes.subarray(-tagBytes))
      try {
        const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes))
        return Buffer.concat([text, decipher.final()]).toString('utf8')
      } catch {
        return undefined
      }
    },
  }
}
