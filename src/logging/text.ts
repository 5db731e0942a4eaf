const longest = 8192

// Schemes of RFC 9110 §11 with what follows them when it is no plain word, JWTs, keys, the user of a URL and its query.
const suspect = /earer |asic |eyJ|PRIVATE KEY|:\/\//
const credentials = /\b([Bb]earer|[Bb]asic) +(?=[a-z.~-]*[A-Z0-9+/=_])[\w+/=.~-]+/g
const jwt = /\beyJ[\w-]+(?:\.[\w-]*){0,4}/g
const key = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g
const user = /:\/\/[^\s/@?#]+@/g
const query = /(:\/\/[^\s?#"'<>]+)[?#][^\s"'<>]*/g

/** The last net below messages that others wrote (libraries, the operating system): no secret, no query, no end of it. */
export function cleanText(text: string): string {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text
  if (!suspect.test(short)) return short
  return short
    .replace(key, '[secret]')
    .replace(credentials, '$1 [secret]')
    .replace(jwt, '[secret]')
    .replace(user, '://[secret]@')
    .replace(query, '$1')
}
