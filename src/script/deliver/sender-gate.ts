import type { State } from '../chatlog.ts'
import type { Ledger } from '../ledger.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { Memo } from '../who/memo.ts'
import type { DeliveryOutcome } from './answer.ts'
import { openCoolDown } from './cool-down.ts'

/** Refusals of the key, one after another, after which nothing is sent for a while. */
const maxStrikes = 3
const maxBackoffMs = 600_000
/** How often a page tries that seems offline: what browsers say of it may be wrong, and `online` doesn't always come. */
const offlineRetryMs = 30_000
/** Failures without a single answer on this page after which the endpoint counts as unreachable. */
const unreachableAfter = 3

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
  const { now, elapsedMs, random } = platform
  const coolDown = openCoolDown(platform, memo, () => markOf(apiKey(), endpoint))
  let underWay = 0
  let failures = 0
  let strikes = 0
  let answered = false
  let proven = false
  const queue: (() => void)[] = []
  let retryAt = 0
  let cause: string | null = null

  const isBlocked = () => coolDown.leftMs() > 0
  const isUnreachable = () => !answered && failures >= unreachableAfter && platform.isOnline()

  /** Quick at first, so that a short outage ends before the visitor leaves; then full jitter under a doubling bound. */
  const backoffMs = () =>
    failures < 3 ? 100 + random() * 200 : 500 + random() * Math.min(maxBackoffMs, 1_000 * 2 ** (failures - 2))

  const wait = (reason: string, afterMs: number | null) => {
    failures++
    const delayMs = Math.max(platform.isOnline() ? backoffMs() : offlineRetryMs, afterMs ?? 0)
    retryAt = elapsedMs() + delayMs
    cause = reason
    ledger.emit('retrying', { afterMs: Math.round(delayMs), cause: reason })
    if (isUnreachable() && failures === unreachableAfter) {
      ledger.complain('no answer from the endpoint at all: an ad blocker, the page’s CSP (connect-src) or CORS?')
    }
  }

  const block = (reason: string) => {
    const pauseMs = coolDown.begin(reason)
    ledger.complain(`blocked for ${pauseMs / 60_000} minutes: ${reason} Check the WEB key and the origins it is for.`)
    ledger.emit('blocked', { reason })
  }

  /** Conversations that got a 401 or 403 which was no problem document, since the last one was delivered. */
  const barred = new Set<string>()

  const judge = (outcome: DeliveryOutcome & { kind: 'blocked' }, conversationId: string): DeliveryOutcome => {
    barred.add(conversationId)
    return outcome.isProblem || barred.size > 1 ? outcome : { ...outcome, kind: 'refused' }
  }

  /** The key was refused. */
  const strike = ({ status, detail }: { status: number; detail: string }) => {
    strikes++
    if (strikes >= maxStrikes || coolDown.isRemembered()) block(`${status} ${detail}`)
    else wait(`${status}`, 1_000 * strikes)
  }

  const gate: SenderGate = {
    waitMs() {
      return coolDown.leftMs() || Math.max(retryAt - elapsedMs(), 0)
    },
    isOpen: () => !isBlocked() && strikes === 0,
    spare: () => (proven ? Number.POSITIVE_INFINITY : maxStrikes - underWay),
    async enter() {
      while (underWay && !proven) await new Promise<void>((resolve) => queue.push(resolve))
      const open = gate.waitMs() === 0
      if (open) underWay++
      else queue.shift()?.()
      return open
    },
    leave(ended, conversationId) {
      underWay--
      for (const proceed of queue.splice(0)) proceed()
      const outcome = ended.kind === 'blocked' ? judge(ended, conversationId) : ended
      if (outcome.kind === 'retry') {
        const { cause: failure, afterMs } = outcome
        answered ||= 'status' in failure
        wait(failure.kind === 'status' ? `${failure.status}` : failure.kind, afterMs)
        return outcome
      }
      answered = true
      failures = retryAt = 0
      cause = null
      proven = outcome.kind !== 'blocked'
      if (outcome.kind === 'blocked') {
        strike(outcome)
        return outcome
      }
      strikes = 0
      coolDown.end()
      if (outcome.kind === 'delivered') barred.clear()
      return outcome
    },
    hurry() {
      retryAt = 0
    },
    isBlocked,
    state() {
      const waitMs = gate.waitMs()
      return {
        state: stateNow(waitMs),
        reason: coolDown.reason() ?? cause,
        retryAt: waitMs ? new Date(now() + waitMs).toISOString() : null,
      }
    },
  }

  const stateNow = (waitMs: number): State['sender']['state'] => {
    if (isBlocked()) return 'blocked'
    if (underWay) return 'sending'
    if (isUnreachable()) return 'unreachable'
    return waitMs ? 'waiting' : 'idle'
  }

  return gate
}

/** Tells keys and endpoints apart in storage without keeping the key. */
const markOf = (apiKey: string, endpoint: string): string => `${apiKey.slice(-6)} ${endpoint.slice(-60)}`
