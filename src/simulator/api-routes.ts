import { addAccountRoutes } from './account-routes.ts'
import { createAccounts } from './accounts.ts'
import { apiAnswerFaults, apiDelayFaults, apiLossFaults } from './api-faults.ts'
import { requireBearer } from './bearer.ts'
import { addCreditTransferRoutes } from './credit-transfer-routes.ts'
import type { FaultPlan } from './fault-plan.ts'
import { createIdempotency } from './idempotency.ts'
import type { Listener } from './listener.ts'
import { addPaymentRoutes } from './payment-routes.ts'
import { createPayments } from './payments.ts'
import { addReportRoutes } from './report-routes.ts'

export interface ApiOptions {
  readonly tokens: { holds(token: string, thumbprint: string): boolean }
  readonly plan: FaultPlan
  readonly now: () => number
  /** How many payments, and how many keys of each kind, are remembered. */
  readonly keep: number
}

/** The API: the token is looked at first, before any body is read, whether or not the address exists. */
export function addApiRoutes(listener: Listener, { tokens, plan, now, keep }: ApiOptions): void {
  listener.addHook('onRequest', async ({ raw }) => requireBearer(raw, tokens))
  addFaults(listener, plan)
  const accounts = createAccounts(now)
  const payments = createPayments({ accounts, now, keep })
  addAccountRoutes(listener, accounts)
  addPaymentRoutes(listener, payments, createIdempotency(keep))
  addCreditTransferRoutes(listener, payments, createIdempotency(keep))
  addReportRoutes(listener)
}

/** They meet requests that are in order: what is lost is lost after the whole body has arrived. */
function addFaults(listener: Listener, plan: FaultPlan): void {
  listener.addHook('preHandler', async (_request, reply) => {
    const delay = plan.next(apiDelayFaults)
    await delay?.act(delay.value)
    const answer = plan.next(apiAnswerFaults)
    answer?.act(reply, answer.value)
  })
  listener.addHook('onSend', (_request, reply, payload, done) => {
    const loss = plan.next(apiLossFaults)
    if (loss === undefined) done(null, payload)
    else loss.act(reply, payload)
  })
}
