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

/** When the next request may go, by what became of the last ones. One for all conversations: the endpoint is one. */
export interface SenderGate {
  /** Milliseconds until a request may go; 0 for now. */
  waitMs(): number
  /** Nothing speaks against a request of which no answer will be read. */
  isOpen(): boolean
  /** How many more of those may go: few, as long as the key has not been seen to work. */
  spare(): number
  /**
   * Waits for the request before, until one was answered well: a refused key must not be tried by all at once.
   *
   * @returns whether a request may start; then `leave` must follow
   */
  enter(): Promise<boolean>
  /**
   * It ended: a key that keeps being refused blocks.
   *
   * @returns what it came to. A 401 or 403 that is no problem document, of a firewall perhaps, speaks of this content
   *   alone, unless another conversation gets it too
   */
  leave(outcome: DeliveryOutcome, conversationId: string): DeliveryOutcome
  /** The next request need not wait for the backoff: the network is back. */
  hurry(): void
  state(): Pick<State['sender'], 'state' | 'reason' | 'retryAt'>
  isBlocked(): boolean
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

  /** The key was refused. */
  const strike = ({ status, detail }: { status: number; detail: string }) => {
    strikes++
    if (strikes < maxStrikes && !coolDown.isRemembered()) return backoff.failed(`${status}`, 1_000 * strikes)
    const reason = `${status} ${detail}`
    const pauseMs = coolDown.begin(reason)
    ledger.complain(`blocked for ${pauseMs / 60_000} minutes: ${reason} Check the WEB key and the origins it is for.`)
    ledger.emit('blocked', { reason })
  }

  /** Something was answered that is no failure. */
  const takeAnswer = (outcome: Exclude<DeliveryOutcome, { kind: 'retry' }>) => {
    backoff.heard()
    backoff.end()
    proven = outcome.kind !== 'blocked'
    if (outcome.kind === 'blocked') return strike(outcome)
    strikes = 0
    coolDown.end()
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
    leave(ended, conversationId) {
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

/** A 401 or 403 that is no problem document may be a firewall's, of one content alone, or about the key. */
function createBars() {
  /** Conversations that got one since the last one was delivered. */
  const barred = new Set<string>()
  return {
    /** @returns what the outcome came to: a refusal of this content, unless another conversation got one too */
    judge(outcome: DeliveryOutcome, conversationId: string): DeliveryOutcome {
      if (outcome.kind !== 'blocked') return outcome
      barred.add(conversationId)
      return outcome.isProblem || barred.size > 1 ? outcome : { ...outcome, kind: 'refused' }
    },
    /** One was delivered: the key is good. */
    lift: () => barred.clear(),
  }
}

/** Tells keys and endpoints apart in storage without keeping the key. */
const markOf = (apiKey: string, endpoint: string): string => `${apiKey.slice(-6)} ${endpoint.slice(-60)}`
