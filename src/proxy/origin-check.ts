export type OriginDecision =
  | { readonly kind: 'ok' }
  | { readonly kind: 'refused'; readonly reason: 'origin' | 'sec-fetch-site' }

/**
 * Browsers are no apps: a web page must not pay. Any Origin is refused, also `null` and our own (there are no
 * pages here), and any Sec-Fetch-Site that another site may have caused.
 */
export function checkOrigin(head: {
  readonly hasOrigin: boolean
  readonly fetchSite: string | undefined
}): OriginDecision {
  if (head.hasOrigin) return fromPage
  const site = head.fetchSite
  return site === undefined || site === 'none' || site === 'same-origin' ? ok : fromSite
}

const ok: OriginDecision = { kind: 'ok' }
const fromPage: OriginDecision = { kind: 'refused', reason: 'origin' }
const fromSite: OriginDecision = { kind: 'refused', reason: 'sec-fetch-site' }
