/** Whether the claim names the loaded certificate; null when there is nothing to compare. */
export function thumbprintMatches(claimed: string | null | undefined, loaded: string): boolean | null {
  if (claimed === null || claimed === undefined) return null
  return claimed.toUpperCase() === loaded.toUpperCase()
}

/** The claim as a log may show it: a token may carry anything under that name. */
export function printableThumbprint(claimed: string): string {
  return /^[0-9A-Fa-f]{1,128}$/.test(claimed) ? claimed.toUpperCase() : '[no thumbprint]'
}
