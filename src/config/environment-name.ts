import { type Kind, parsedText } from './kind.ts'

/** Names go into metric labels, log lines and messages. */
export const environmentName = {
  schema: parsedText((text) =>
    /^[a-z\d][\w.-]{0,62}$/i.test(text) ? { value: text } : { problem: 'is not a plain name' },
  ),
  expects:
    'sandbox, production, or another name of at most 63 letters, digits, dots, hyphens and underscores',
} satisfies Kind
