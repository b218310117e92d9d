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
import { complain, createTurns } from './turns.ts'

/** Decides when conversations are sent, and keeps why. */
export interface Schedule {
  /** A conversation has something to send: arms it, and sends it within `delayMs`; `null`: another event sends it. */
  changed(conversation: Conversation, reason: FlushReason, delayMs: number | null): void
  /** Sends now everything that isn't delivered. Never rejects. */
  flush(reason: FlushReason): Promise<DeliveryReport>
  /** Sends now what waits after a failure: the cause of the failure may be gone. */
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

export function createSchedule(parts: ScheduleParts): Schedule {
  const { store, sending, arming, gate, ledger, platform } = parts
  const turns = createTurns(parts)
  let stopped = false

  /** Sends a conversation; twice where a run was under way, since that may have read too early for what came after. */
  const sendAll = async (conversation: Conversation, reason: FlushReason) => {
    await new Promise<void>((resolve) => store.whenLoaded(conversation, resolve))
    const isOneMore = turns.isRunning(conversation)
    await turns.run(conversation, reason)
    if (isOneMore && dirtyParts(conversation).length) await turns.run(conversation, reason)
  }

  return {
    changed(conversation, reason, delayMs) {
      if (!hasRest(conversation)) arming.disarm(conversation)
      else if (!stopped) arming.arm(conversation)
      if (delayMs !== null) turns.makeDue(conversation, reason, platform.mayGoUnheard?.() ? 0 : delayMs)
    },
    async flush(reason) {
      if (reason === 'requested' && !platform.isOnline()) gate.hurry()
      const sent = store.all().map((one) => sendAll(one, reason).catch((cause) => complain(ledger, cause)))
      for (const one of sent) await one
      return reportOn(parts, stopped)
    },
    hurry(reason) {
      gate.hurry()
      turns.hurry(reason)
    },
    lastReason: turns.lastReason,
    stop() {
      stopped = true
      turns.stop()
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
  { gate, platform, sending }: ScheduleParts,
  stopped: boolean,
): PendingReason | null {
  const { dirty, refused } = conversation.delivery
  if (!dirty.size && !dirtyParts(conversation).length) return null
  if (stopped) return 'stopped'
  if (refused) return 'refused'
  if (sending.isHeldBack(conversation)) return 'unshown'
  const { state } = gate.state()
  if (state === 'blocked' || state === 'unreachable') return state
  if (!platform.isOnline()) return 'offline'
  return dirty.size && [...dirty].every(({ row }) => row.streaming) ? 'streaming' : 'retrying'
}
