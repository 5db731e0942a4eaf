import { unusable } from './unusable.ts'

/**
 * The text of a file that holds one value, in UTF-8: one trailing line break is dropped, nothing else. Throws
 * certificate_unusable; `name` is what the message calls the file.
 */
export function textFrom(name: string, bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return text.replace(/\r?\n$/, '')
  } catch (error) {
    throw unusable(`the ${name} is not in UTF-8`, 'save it as UTF-8', error)
  }
}
