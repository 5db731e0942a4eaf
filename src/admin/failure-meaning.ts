import { problems } from '../errors.ts'

/** For people: our codes have titles; a bare status is the bank's answer, or that of an app which hung up. */
export function failureMeaning(code: string): string {
  const own = Object.entries(problems).find(([name]) => name === code)
  if (own !== undefined) return own[1].title
  return code === '499' ? 'The app hung up' : 'An answer of the bank'
}
