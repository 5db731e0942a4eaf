export interface BankUrls {
  readonly baseUrl: string
  readonly authorizationUrl: string
}

/** The bank's own environments, from its public documentation. */
const bankEnvironments: ReadonlyMap<string, BankUrls> = new Map([
  [
    'sandbox',
    {
      baseUrl: 'https://sandbox.bankingcircleconnect.com',
      authorizationUrl: 'https://authorizationsandbox.bankingcircleconnect.com',
    },
  ],
  [
    'production',
    {
      baseUrl: 'https://www.bankingcircleconnect.com',
      authorizationUrl: 'https://authorization.bankingcircleconnect.com',
    },
  ],
])

export const bankEnvironmentNames: readonly string[] = [...bankEnvironments.keys()]

export function urlsOf(environment: string): BankUrls | undefined {
  return bankEnvironments.get(environment)
}

/** Whose origin this is, if it is one of the bank's. */
export function environmentOf(origin: string): string | undefined {
  return bankEnvironmentNames.find((name) => {
    const urls = bankEnvironments.get(name)
    return urls?.baseUrl === origin || urls?.authorizationUrl === origin
  })
}
