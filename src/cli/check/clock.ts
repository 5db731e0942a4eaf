import { type Finding, failed, ok, skipped, warning } from './finding.ts'

export const noAnswer = skipped('no answer to compare with')

/** A Date header counts whole seconds, and answers take a while. */
const tolerableMs = 30_000

/** Certificates are judged by the clock; five minutes are a token's whole life. */
const intolerableMs = 300_000

/** Compares this machine's clock with the Date of an answer that has just come. */
export function checkClock(date: string, nowMs: number): Finding {
  const bankMs = Date.parse(date)
  if (Number.isNaN(bankMs)) return skipped("the bank's answer has no Date to compare with")
  const aheadMs = nowMs - bankMs
  const found = `${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs < 0 ? 'behind' : 'ahead of'} the bank's`
  if (Math.abs(aheadMs) <= tolerableMs) return ok(found)
  const advice = {
    cause: "this machine's clock is off: nothing sets it",
    cure: 'turn on time synchronisation (chrony, systemd-timesyncd) on this machine, or on the host of its container',
  }
  return Math.abs(aheadMs) > intolerableMs ? failed(found, advice) : warning(found, advice)
}
