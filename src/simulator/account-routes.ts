import type { Account, Accounts } from './accounts.ts'
import { BankError } from './bank-error.ts'
import type { Listener } from './listener.ts'
import { pageOf } from './paging.ts'

interface One {
  Params: { accountId: string }
}

export function addAccountRoutes(listener: Listener, accounts: Accounts): void {
  const found = (accountId: string): Account => {
    const account = accounts.find(accountId)
    if (account === undefined) throw new BankError(404, 'NotFound', 'there is no such account')
    return account
  }
  listener.get('/api/v1/accounts', async ({ query }) => pageOf(accounts.list(), query))
  listener.get<One>('/api/v1/accounts/:accountId', async ({ params }) => found(params.accountId))
  // The shape of this answer is not published: a list, as the other lists.
  listener.get<One>('/api/v1/accounts/:accountId/balances', async ({ params, query }) =>
    pageOf(found(params.accountId).balances, query),
  )
}
