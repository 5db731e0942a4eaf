import type { FaultTable } from './fault-kind.ts'

export interface TokenAnswer {
  readonly access_token: string
  readonly expires_in: string
}

/** Turns the answer into what is sent instead. */
type Shape = (answer: TokenAnswer, value: string) => object

/** Answers that hold a good token, or nearly. */
export const tokenShapeFaults: FaultTable<Shape> = {
  'token-missing': { does: 'an answer without access_token', act: ({ expires_in }) => ({ expires_in }) },
  'token-blank': { does: 'an empty access_token', act: (answer) => ({ ...answer, access_token: '' }) },
  'token-no-text': {
    does: 'an access_token that is a number',
    act: (answer) => ({ ...answer, access_token: 42 }),
  },
  'token-line-break': {
    does: 'an access_token with a line break in it',
    act: (answer) => ({ ...answer, access_token: `${answer.access_token}\r\nx-injected: true` }),
  },
  'token-no-expiry': {
    does: 'an answer without expires_in; the token itself says when it expires',
    act: ({ access_token }) => ({ access_token }),
  },
  'token-negative-expiry': {
    does: 'expires_in is -300',
    act: (answer) => ({ ...answer, expires_in: '-300' }),
  },
  'token-number-expiry': {
    does: 'expires_in is a number, which clients should accept',
    act: (answer) => ({ ...answer, expires_in: Number(answer.expires_in) }),
  },
  'token-expiry': {
    does: 'expires_in is this text',
    value: { what: 'a text', example: 'soon', accepts: /^.+$/ },
    act: (answer, value) => ({ ...answer, expires_in: value }),
  },
}

/** The token works, but its thumbprint claim is another certificate's. */
export const tokenClaimFaults: FaultTable<string> = {
  'token-wrong-thumbprint': {
    does: "the token's thumbprint claim is not the certificate's; the token works",
    act: '0'.repeat(40),
  },
}
