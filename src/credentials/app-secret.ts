import { readWhole } from './read-file.ts'
import { textFrom } from './text-file.ts'
import { unusable } from './unusable.ts'

/** The bytes of an app secret as they come in a header. Throws certificate_unusable with the reason as its message. */
export async function readAppSecret(path: string): Promise<Buffer> {
  const name = `app secret file ${path}`
  const text = textFrom(name, await readWhole({ path, name }))
  if (text === '') throw unusable(`the ${name} is empty`, 'write the secret into it')
  if (/^[ \t]|[ \t]$|\p{Cc}/u.test(text)) {
    const problem = `the ${name} has spaces at an end, or line breaks, that no header can carry`
    throw unusable(problem, 'write one line without them')
  }
  return Buffer.from(text)
}
