import type { Secret } from '../secret.ts'
import type { NamedFile } from './file-format.ts'
import { textFrom } from './text-file.ts'
import { unusable } from './unusable.ts'

export interface LoginText {
  readonly name: string
  readonly text: string
}

export interface LoginSource {
  /** What messages call the value when no file holds it. */
  readonly kind: string
  readonly value: Secret | undefined
  readonly file: NamedFile | undefined
}

/** User name or password: never empty. Throws certificate_unusable. */
export function loginText({ kind, value, file }: LoginSource): LoginText {
  const name = file?.name ?? kind
  const text = file === undefined ? value?.reveal() : textFrom(name, file.bytes)
  if (text) return { name, text }
  throw unusable(
    `the ${name} is ${text === undefined ? 'not set' : 'empty'}`,
    'set it to what the bank gave you',
  )
}

/** RFC 7617 §2: the server would take what follows a colon for the password. */
export function checkedUsername({ name, text }: LoginText): LoginText {
  if (!text.includes(':')) return { name, text }
  throw unusable(`the ${name} has a colon in it, which Basic authentication cannot carry`, 'correct it')
}

/** RFC 7617 §2 forbids them, and a second line break at the end of a file is easily overlooked. */
export function controlCharacterWarnings(texts: readonly LoginText[]): string[] {
  return texts
    .filter(({ text }) => /\p{Cc}/u.test(text))
    .map(({ name }) => `the ${name} has a line break or another control character in it`)
}
