/** Field names are the bank's. The values of `type`, `status` and `protectionType` are the simulator's own. */
export interface Balance {
  readonly type: string
  readonly currency: string
  readonly beginOfDayAmount: number
  readonly financialDate: string
  readonly intraDayAmount: number
  readonly lastTransactionTimestamp: string | null
}

export interface Account {
  readonly accountId: string
  readonly accountDescription: string
  readonly accountIdentifiers: readonly { account: string; financialInstitution: string; country: string }[]
  readonly ibans: readonly string[]
  readonly status: string
  readonly currency: string
  readonly openingDate: string
  readonly closingDate: string | null
  readonly ownedByCompanyId: string
  readonly protectionType: string
  readonly balances: readonly Balance[]
}

export interface Accounts {
  list(): readonly Account[]
  find(accountId: string): Account | undefined
  /** Adds the amount (less, when negative) to our account of that number and currency, if there is one. */
  move(number: string | undefined, currency: string, amount: number): void
}

/** Made up; the same at every start, so that they can be written into a client's tests. */
const seeds = [
  { digit: '1', name: 'Operations EUR', currency: 'EUR', iban: 'DK5000400440116243', begin: 1_000_000 },
  { digit: '2', name: 'Operations GBP', currency: 'GBP', iban: 'GB29NWBK60161331926819', begin: 250_000 },
  { digit: '3', name: 'Operations DKK', currency: 'DKK', iban: 'DK9520000123456789', begin: 5_000_000 },
] as const

export function createAccounts(now: () => number): Accounts {
  let held = seeds.map((seed) => openAccount(seed, now()))
  return {
    list: () => held,
    find: (accountId) => held.find((account) => account.accountId === accountId),
    move(number, currency, amount) {
      const at = new Date(now()).toISOString()
      held = held.map((account) => {
        const meant = account.currency === currency && numbersOf(account).includes(number ?? '')
        return meant
          ? { ...account, balances: account.balances.map((one) => moved(one, amount, at)) }
          : account
      })
    },
  }
}

function numbersOf({ accountIdentifiers, ibans }: Account): readonly string[] {
  return [...ibans, ...accountIdentifiers.map(({ account }) => account)]
}

/** A day begins with the first movement in it. Balances may fall below zero: only the amount decides. */
function moved(balance: Balance, amount: number, at: string): Balance {
  const financialDate = at.slice(0, 10)
  const begun = financialDate === balance.financialDate
  return {
    ...balance,
    beginOfDayAmount: begun ? balance.beginOfDayAmount : balance.intraDayAmount,
    financialDate,
    intraDayAmount: Math.round((balance.intraDayAmount + amount) * 100) / 100,
    lastTransactionTimestamp: at,
  }
}

function openAccount({ digit, name, currency, iban, begin }: (typeof seeds)[number], now: number): Account {
  const id = (kind: string) => `${digit.repeat(8)}-0000-4000-8000-${kind.repeat(12)}`
  const financialDate = new Date(now).toISOString().slice(0, 10)
  return {
    accountId: id('a'),
    accountDescription: name,
    accountIdentifiers: [{ account: iban, financialInstitution: 'SXPYDKKK', country: iban.slice(0, 2) }],
    ibans: [iban],
    status: 'Open',
    currency,
    openingDate: '2020-01-01',
    closingDate: null,
    ownedByCompanyId: '00000000-0000-4000-8000-cccccccccccc',
    protectionType: 'None',
    balances: [
      {
        type: 'Booked',
        currency,
        beginOfDayAmount: begin,
        financialDate,
        intraDayAmount: begin,
        lastTransactionTimestamp: null,
      },
    ],
  }
}
