import type { State } from '../chatlog.ts'
import type { Ledger } from '../ledger.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { Memo } from '../who/memo.ts'
import type { DeliveryOutcome } from './answer.ts'
import { createBackoff } from './backoff.ts'
import { openCoolDown } from './cool-down.ts'

/** Refusals of the key, one after another, after which nothing is sent for a while. */
const maxStrikes = 3

/**
 * Says when the next request may go, by what became of the last ones. All conversations share it: the endpoint is one.
 */
export interface SenderGate {
  /** Milliseconds until a request may go; 0 for now. */
  waitMs(): number
  /**
   * Whether a request may go of which nobody will read the answer, armed or handed over: the key isn't being refused.
   */
  isOpen(): boolean
  /** How many more requests without a read answer may go: at most 3 as long as the key has not been seen to work. */
  spare(): number
  /**
   * Lets one request go at a time until one was answered well: with a refused key, all conversations would try it at
   * once.
   *
   * @returns whether a request may start; then `requestEnded` must follow
   */
  enter(): Promise<boolean>
  /**
   * A request has ended: counts it, and starts a pause where the key keeps being refused.
   *
   * @returns the outcome as it counts. A 401 or 403 without a problem document may be a firewall's and count as a
   *   refusal of this content alone, unless another conversation got one too
   */
  requestEnded(outcome: DeliveryOutcome, conversationId: string): DeliveryOutcome
  /** The next request needn't wait after a failure: the network is back, or the key has changed. */
  hurry(): void
  state(): Pick<State['sender'], 'state' | 'reason' | 'retryAt'>
  isBlocked(): boolean
  /** The page's Content Security Policy keeps requests from this address. */
  forbid(url: string): void
}

export interface SenderGateParts extends Pick<ResolvedOptions, 'endpoint'> {
  platform: Platform
  memo: Memo
  ledger: Ledger
  apiKey(): string
}

/** Reads the cool-down that an earlier page left; a changed key or endpoint ends it. */
export function openSenderGate({ endpoint, platform, memo, ledger, apiKey }: SenderGateParts): SenderGate {
  const coolDown = openCoolDown(platform, memo, () => markOf(apiKey(), endpoint))
  const backoff = createBackoff(platform, ledger)
  const bars = createBars()
  const queue: (() => void)[] = []
  let underWay = 0
  let strikes = 0
  let proven = false

  const isBlocked = () => coolDown.leftMs() > 0
  const waitMs = () => coolDown.leftMs() || backoff.leftMs()

  /** The endpoint refused the key: the third time in a row, or the first after a pause, a pause starts. */
  const strike = ({ status, detail }: { status: number; detail: string }) => {
    strikes++
    if (strikes < maxStrikes && !coolDown.isRemembered()) return backoff.failed(`${status}`, 1_000 * strikes)
    const reason = `${status} ${detail}`
    const pauseMs = coolDown.startPause(reason)
    ledger.complain(`nothing is sent for ${pauseMs / 60_000} minutes: ${reason} Check the WEB key and its origins.`)
    ledger.emit('blocked', { reason })
  }

  /** The endpoint took or refused a request, or refused the key: it answers, so nothing waits for a retry. */
  const takeAnswer = (outcome: Exclude<DeliveryOutcome, { kind: 'retry' }>) => {
    backoff.heard()
    backoff.endWait()
    proven = outcome.kind !== 'blocked'
    if (outcome.kind === 'blocked') return strike(outcome)
    strikes = 0
    coolDown.endPause()
    if (outcome.kind === 'delivered') bars.lift()
  }

  const stateNow = (): State['sender']['state'] => {
    if (isBlocked()) return 'blocked'
    if (underWay) return 'sending'
    if (backoff.isUnreachable()) return 'unreachable'
    return waitMs() ? 'waiting' : 'idle'
  }

  return {
    waitMs,
    isOpen: () => !isBlocked() && strikes === 0,
    spare: () => (proven ? Number.POSITIVE_INFINITY : maxStrikes - underWay),
    async enter() {
      while (underWay && !proven) await new Promise<void>((resolve) => queue.push(resolve))
      const open = waitMs() === 0
      if (open) underWay++
      else queue.shift()?.()
      return open
    },
    requestEnded(ended, conversationId) {
      underWay--
      for (const proceed of queue.splice(0)) proceed()
      const outcome = bars.judge(ended, conversationId)
      if (outcome.kind !== 'retry') {
        takeAnswer(outcome)
        return outcome
      }
      const { cause, afterMs } = outcome
      if ('status' in cause) backoff.heard()
      backoff.failed(cause.kind === 'status' ? `${cause.status}` : cause.kind, afterMs)
      return outcome
    },
    hurry: backoff.hurry,
    isBlocked,
    forbid(url) {
      // Some engines tell the origin alone.
      if (url && (url.startsWith(endpoint) || endpoint.startsWith(url))) backoff.forbid()
    },
    state() {
      const leftMs = waitMs()
      return {
        state: stateNow(),
        reason: coolDown.reason() ?? backoff.cause(),
        retryAt: leftMs ? new Date(platform.now() + leftMs).toISOString() : null,
      }
    },
  }
}

/** Judges a 401 or 403 without a problem document: a firewall may mean one content alone, or somebody the key. */
function createBars() {
  /** Conversations that got a 401 or 403 since the last delivery. */
  const barred = new Set<string>()
  return {
    /** @returns the outcome as it counts: a refusal of this content, unless another conversation got one too */
    judge(outcome: DeliveryOutcome, conversationId: string): DeliveryOutcome {
      if (outcome.kind !== 'blocked') return outcome
      barred.add(conversationId)
      return outcome.isProblem || barred.size > 1 ? outcome : { ...outcome, kind: 'refused' }
    },
    /** A conversation was delivered, so the key is good, and earlier 401s and 403s weren't about it. */
    lift: () => barred.clear(),
  }
}

/** Tells keys and endpoints apart in storage without keeping the key. */
const markOf = (apiKey: string, endpoint: string): string => `${apiKey.slice(-6)} ${endpoint.slice(-60)}`
