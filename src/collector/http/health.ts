import { ProblemError } from '../problem-error.ts'
import type { Store } from '../store/store.ts'

/** Longest wait for the store's answer, in milliseconds: balancers give up after some seconds. */
const storeAnswerMs = 3_000

/**
 * Says whether the collector can take conversations.
 *
 * @param ending aborted once the collector is about to end, so that a balancer hears of it while it still gets answers
 * @throws ProblemError `service_unavailable` when the store doesn't answer, or not in time, or the collector is ending
 */
export async function health(store: Store, ending: AbortSignal): Promise<{ status: 'ok' }> {
  if (ending.aborted) throw new ProblemError('service_unavailable', 'The collector is ending.')
  let timer: NodeJS.Timeout | undefined
  const overdue = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(reject, storeAnswerMs)
  })
  await Promise.race([store.ping(), overdue])
    .catch(() => {
      throw new ProblemError('service_unavailable', 'The store does not answer.')
    })
    .finally(() => clearTimeout(timer))
  return { status: 'ok' }
}
