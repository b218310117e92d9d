import type { DeliveryReport, FlushReason, PendingReason } from '../chatlog.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { dirtyParts, hasRest } from '../conversation/delivery.ts'
import { wireIdOf } from '../conversation/transcript.ts'
import type { Ledger } from '../ledger.ts'
import type { Platform } from '../platform.ts'
import type { ConversationStore } from '../store/conversation-store.ts'
import type { Arming } from './arming.ts'
import type { SenderGate } from './sender-gate.ts'
import type { Sending } from './sending.ts'

/** How long after a page has broken something it is tried again, in milliseconds. */
const lookAgainMs = 30_000

/** When what is recorded is sent, and why then. */
export interface Schedule {
  /** There is something to send: it is sent at the latest after `delayMs`, `null` for not by itself. */
  changed(conversation: Conversation, reason: FlushReason, delayMs: number | null): void
  /** Sends everything that isn't delivered now. */
  flush(reason: FlushReason): Promise<DeliveryReport>
  /** Nothing speaks against a request any more that waits after a failure. */
  hurry(reason: FlushReason): void
  /** Why the newest request was made, `null` before the first. */
  lastReason(): FlushReason | null
  stop(): void
}

export interface ScheduleParts {
  store: ConversationStore
  sending: Sending
  arming: Arming
  gate: SenderGate
  ledger: Ledger
  platform: Platform
}

/** When a conversation is sent next. */
interface Turn {
  /** `elapsedMs`; infinite for not by itself. */
  dueAt: number
  reason: FlushReason
  cancelTimer: () => void
  running: Promise<void> | null
}

const never = Number.POSITIVE_INFINITY

export function createSchedule(parts: ScheduleParts): Schedule {
  const { store, sending, arming, gate, ledger, platform } = parts
  const { elapsedMs } = platform
  const turns = new Map<Conversation, Turn>()
  let lastReason: FlushReason | null = null
  let stopped = false

  const turnOf = (conversation: Conversation): Turn => {
    const turn = turns.get(conversation) ?? { dueAt: never, reason: 'requested', cancelTimer() {}, running: null }
    turns.set(conversation, turn)
    return turn
  }

  const makeDue = (turn: Turn, reason: FlushReason, delayMs: number) => {
    const dueAt = elapsedMs() + delayMs
    if (dueAt < turn.dueAt) Object.assign(turn, { dueAt, reason })
  }

  const setTimer = (conversation: Conversation, turn: Turn) => {
    turn.cancelTimer()
    if (stopped || turn.running || turn.dueAt === never) return
    const at = Math.max(turn.dueAt, sending.pacedAt(conversation)) - elapsedMs()
    turn.cancelTimer = platform.setTimer(() => void run(conversation), Math.max(at, gate.waitMs()))
  }

  /** What the page has put in a global's place may throw. */
  const complain = (cause: unknown) => ledger.complain('sending failed', cause)

  const run = (conversation: Conversation): Promise<void> => {
    const turn = turnOf(conversation)
    turn.cancelTimer()
    turn.dueAt = never
    turn.running ??= begin(conversation, turn.reason)
      .catch((cause) => void complain(cause))
      .then((failed) => {
        turn.running = null
        makeRestDue(conversation, turn, failed)
      })
      .catch(complain)
    return turn.running
  }

  const begin = (conversation: Conversation, reason: FlushReason): Promise<boolean> => {
    lastReason = reason
    ledger.debug('flush', { conversationId: wireIdOf(conversation), reason })
    return sending.send(conversation, reason)
  }

  /** What is still to do after a run: what came meanwhile, a retry (later where it threw), the send after one lost sight of. */
  const makeRestDue = (conversation: Conversation, turn: Turn, failed: boolean | undefined) => {
    const { unsettledUntil } = conversation.delivery
    if (!hasRest(conversation)) arming.disarm(conversation)
    if (failed !== false) makeDue(turn, 'retry', failed ? 0 : lookAgainMs)
    else if (unsettledUntil)
      makeDue(turn, 'lost_sight', Math.max(unsettledUntil - elapsedMs(), 1_000 + platform.random() * 3_000))
    setTimer(conversation, turn)
  }

  /** The run under way may have left without what was recorded since: then one more. */
  const sendAll = async (conversation: Conversation, reason: FlushReason) => {
    await new Promise<void>((resolve) => store.whenLoaded(conversation, resolve))
    const turn = turnOf(conversation)
    const wasRunning = turn.running !== null
    turn.reason = reason
    await run(conversation)
    if (wasRunning && dirtyParts(conversation).length) await run(conversation)
  }

  return {
    changed(conversation, reason, delayMs) {
      const turn = turnOf(conversation)
      if (!hasRest(conversation)) arming.disarm(conversation)
      else if (!stopped) arming.arm(conversation)
      const { dueAt } = turn
      if (delayMs !== null) makeDue(turn, reason, platform.mayGoUnheard?.() ? 0 : delayMs)
      if (turn.dueAt < dueAt) setTimer(conversation, turn)
    },
    async flush(reason) {
      if (reason === 'requested' && !platform.isOnline()) gate.hurry()
      for (const sent of store.all().map((one) => sendAll(one, reason).catch(complain))) await sent
      return reportOn(parts, stopped)
    },
    hurry(reason) {
      gate.hurry()
      for (const [conversation, turn] of turns) {
        if (conversation.delivery.dirty.size) makeDue(turn, reason, 0)
        setTimer(conversation, turn)
      }
    },
    lastReason: () => lastReason,
    stop() {
      stopped = true
      for (const turn of turns.values()) turn.cancelTimer()
      arming.disarmAll()
      sending.stop()
    },
  }
}

function reportOn(parts: ScheduleParts, stopped: boolean): DeliveryReport {
  const report: DeliveryReport = { delivered: [], pending: [] }
  for (const conversation of parts.store.all()) {
    const reason = pendingReason(conversation, parts, stopped)
    const conversationId = wireIdOf(conversation)
    if (reason) report.pending.push({ conversationId, reason })
    else if (conversation.messages.length) report.delivered.push(conversationId)
  }
  return report
}

function pendingReason(
  conversation: Conversation,
  { gate, platform }: ScheduleParts,
  stopped: boolean,
): PendingReason | null {
  const { dirty, refused } = conversation.delivery
  if (!dirty.size && !dirtyParts(conversation).length) return null
  if (stopped) return 'stopped'
  if (refused) return 'refused'
  const { state } = gate.state()
  if (state === 'blocked' || state === 'unreachable') return state
  if (!platform.isOnline()) return 'offline'
  return dirty.size && [...dirty].every(({ row }) => row.streaming) ? 'streaming' : 'retrying'
}
