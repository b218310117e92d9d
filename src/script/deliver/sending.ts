import { maxBodyBytes } from '../../contract/limits.ts'
import { bodyOf, type ConversationBody, freezeAhead } from '../conversation/body.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { dirtyParts, hasRest, isHeldBack } from '../conversation/delivery.ts'
import type { Ledger } from '../ledger.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { ConversationStore } from '../store/conversation-store.ts'
import type { Arming } from './arming.ts'
import { createRequests, type Requests } from './requests.ts'
import { createSendLock } from './send-lock.ts'
import type { SenderGate } from './sender-gate.ts'
import { createSettling } from './settling.ts'
import type { Transport } from './transport.ts'

/** Sends what the server may not hold, one request at a time for each conversation. */
export interface Sending {
  /** Sends everything of a conversation that isn't delivered. @returns whether the caller has to try again */
  send(conversation: Conversation, reason: string): Promise<boolean>
  requests: Requests
  /** Nothing is sent before the page has given the conversation's transcript. */
  isHeldBack(conversation: Conversation): boolean
  /** The page goes: gives its send locks back, and begins nothing that waits. */
  release(): void
  /** Takes back the requests under way, and makes no more. */
  stop(): void
}

export interface SendingParts {
  store: ConversationStore
  transport: Transport
  gate: SenderGate
  arming: Arming
  ledger: Ledger
  platform: Platform
  options: Pick<ResolvedOptions, 'storeName' | 'server' | 'endpoint'>
  /** Called with the lock of the conversation held, and the rows of all tabs read. */
  beforeSend(): void
}

export function createSending(parts: SendingParts): Sending {
  const { store, transport, gate, arming, platform, options, beforeSend } = parts
  const { elapsedMs, freeze } = platform
  const requests = createRequests(transport, parts.ledger, platform)
  const sendLock = createSendLock(platform, options.storeName)
  const settling = createSettling(parts)
  const pause = () => new Promise<void>((resolve) => void platform.setTimer(resolve, 0))
  let stopped = false

  /** @returns whether the body is delivered */
  const attempt = async (conversation: Conversation, body: ConversationBody, reason: string): Promise<boolean> => {
    if (body.bytes > maxBodyBytes) {
      settling.refuse(conversation, 413, `${body.bytes} bytes are over ${maxBodyBytes}`)
      return false
    }
    if (!(await gate.enter()) || stopped) return false
    store.saveSending(conversation)
    // An armed body outlives the page already. A request beside it had better not: it can be taken back then, and
    // doesn't arrive after a newer one at an endpoint that replaces.
    const lasting = options.server === 'chatlog' || !arming.isArmed(conversation)
    const outcome = await requests.make(conversation, body, lasting, reason)
    return settling.settle(conversation, body, gate.requestEnded(outcome, conversation.id))
  }

  /** Sends part after part, with the send lock held. @returns whether the caller has to try again */
  const sendParts = async (conversation: Conversation, reason: string): Promise<boolean> => {
    await store.refresh(conversation)
    beforeSend()
    const startedAt = elapsedMs()
    const { delivery, logPosition } = conversation
    const { deliveredSeq } = logPosition
    let isSent = false
    for (const part of dirtyParts(conversation)) {
      await freezeAhead(conversation, part, freeze, pause)
      const body = bodyOf(conversation, part, 'settled', freeze)
      if (!body) continue
      if (!(await attempt(conversation, body, reason))) return !delivery.refused
      isSent = true
    }
    if (!hasRest(conversation)) arming.disarm(conversation)
    if (isSent || delivery.unsettledUntil) await store.saveDelivered(conversation, startedAt, deliveredSeq)
    return false
  }

  return {
    async send(conversation, reason) {
      const { delivery, logPosition } = conversation
      if (!logPosition.loaded || delivery.refused || isHeldBack(conversation, options.server)) return false
      if (gate.waitMs() > 0) return delivery.dirty.size > 0 || delivery.unsettledUntil > 0
      let failed = false
      await sendLock.hold(conversation.id, async () => {
        failed = await sendParts(conversation, reason)
      })
      return failed
    },
    requests,
    isHeldBack: (conversation) => isHeldBack(conversation, options.server),
    release: sendLock.release,
    stop() {
      stopped = true
      transport.abort()
    },
  }
}
