import { conversationFull } from '../../contract/conversation-full.ts'
import { maxBodyBytes } from '../../contract/limits.ts'
import { bodyOf, type ConversationBody, freezeAhead, holdsAll } from '../conversation/body.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { acknowledged, dirtyParts, hasRest, leftOpen, refusedByServer } from '../conversation/delivery.ts'
import { lastPartOf, wireIdOf } from '../conversation/transcript.ts'
import type { Ledger } from '../ledger.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { ConversationStore } from '../store/conversation-store.ts'
import type { DeliveryOutcome, RetryCause } from './answer.ts'
import type { Arming } from './arming.ts'
import { createSendLock } from './send-lock.ts'
import type { SenderGate } from './sender-gate.ts'
import type { Delivery, Transport } from './transport.ts'

/** Bytes a millisecond that a long conversation may cost: full upserts are O(n) each. */
const maxBytesPerMs = 32

/** Sends what the server may not hold, one request a conversation. */
export interface Sending {
  /** Sends everything of a conversation that isn't delivered. @returns whether it has to be tried again */
  send(conversation: Conversation, reason: string): Promise<boolean>
  isSending(conversation: Conversation): boolean
  /** When a long conversation may be sent again (`elapsedMs`). */
  pacedAt(conversation: Conversation): number
  /** Whether a request under way holds everything of the body, and outlives the page. */
  holds(conversation: Conversation, body: ConversationBody): boolean
  /** A later body of that part outlives the page: takes the request back that would end with it. */
  takeBack(conversation: Conversation, part: number): void
  /** The page goes: lets other tabs send, and begins nothing that waits. */
  release(): void
  /** Takes back what is under way. */
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

/** The newest request of a conversation. */
interface Sent {
  /** `null` once it has ended. */
  delivery: Delivery | null
  body: ConversationBody
  /** `elapsedMs`. */
  at: number
  /** 0 where the gate paces what comes next. */
  pacedBytes: number
}

export function createSending(parts: SendingParts): Sending {
  const { store, transport, gate, arming, platform, options, beforeSend } = parts
  const { elapsedMs, freeze } = platform
  const sent = new Map<Conversation, Sent>()
  const sendLock = createSendLock(platform, options.storeName)
  const pause = () => new Promise<void>((resolve) => void platform.setTimer(resolve, 0))
  let stopped = false

  const settle = createSettling(parts)

  /** @returns whether the body is delivered */
  const attempt = async (conversation: Conversation, body: ConversationBody, reason: string): Promise<boolean> => {
    if (body.bytes > maxBodyBytes) {
      settle.refuse(conversation, 413, `${body.bytes} bytes are over ${maxBodyBytes}`)
      return false
    }
    if (!(await gate.enter()) || stopped) return false
    store.saveSending(conversation)
    // Where something is armed, that outlives the page; this can be taken back then, and doesn't come after newer ones.
    const lasting = options.server === 'chatlog' || !arming.isArmed(conversation)
    const delivery = transport.deliver(body.pieces, body.bytes, wireIdOf(conversation, body.part), lasting)
    const request: Sent = { delivery, body, at: elapsedMs(), pacedBytes: body.bytes }
    sent.set(conversation, request)
    const outcome = await delivery.outcome
    parts.ledger.measure(`delivery: ${reason}`, request.at)
    request.delivery = null
    if (outcome.kind === 'retry') request.pacedBytes = 0
    return settle.outcome(conversation, body, gate.leave(outcome, conversation.id))
  }

  /** With the lock held. @returns whether it has to be tried again */
  const sendParts = async (conversation: Conversation, reason: string): Promise<boolean> => {
    await store.refresh(conversation)
    beforeSend()
    const startedAt = elapsedMs()
    const { delivery, log } = conversation
    const { deliveredSeq } = log
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
      const { delivery, log } = conversation
      if (!log.loaded || delivery.refused) return false
      if (gate.waitMs() > 0) return delivery.dirty.size > 0 || delivery.unsettledUntil > 0
      let failed = false
      await sendLock.hold(conversation.id, async () => {
        failed = await sendParts(conversation, reason)
      })
      return failed
    },
    isSending: (conversation) => !!sent.get(conversation)?.delivery,
    pacedAt(conversation) {
      const { at, pacedBytes } = sent.get(conversation) ?? { at: 0, pacedBytes: 0 }
      return at + pacedBytes / maxBytesPerMs
    },
    holds(conversation, body) {
      const request = sent.get(conversation)
      return request?.delivery?.keepalive === true && holdsAll(request.body, body)
    },
    takeBack(conversation, part) {
      const { delivery, body } = sent.get(conversation) ?? {}
      if (body?.part === part && !delivery?.keepalive) delivery?.abort('network')
    },
    release: sendLock.release,
    stop() {
      stopped = true
      transport.abort()
    },
  }
}

/** Writes down what became of a request. */
function createSettling({ store, arming, ledger, options, platform }: SendingParts) {
  const said = new Set<string>()

  /** Says once a page what stands between the page and its endpoint. */
  const explain = (cause: RetryCause) => {
    if (said.has(cause.kind)) return
    said.add(cause.kind)
    if (cause.kind === 'foreign_answer')
      ledger.complain(
        `${options.endpoint} answered ${cause.status} (${cause.contentType || 'no type'}) without the conversation’s id: that is not the endpoint’s answer, and nothing counts as delivered. Does \`data-endpoint\` end in /conversations?`,
      )
    if (cause.kind === 'redirected')
      ledger.complain(
        `${options.endpoint} redirects${cause.to ? ` to ${cause.to}: put that` : ': put the address that it redirects to'} into \`data-endpoint\``,
      )
  }

  const refuse = (conversation: Conversation, status: number, detail: string) => {
    refusedByServer(conversation.delivery)
    const hint = status === 404 ? ' Does `data-endpoint` end in /conversations?' : ''
    ledger.complain(`the endpoint refused a conversation with ${status}: ${detail}${hint}`)
    ledger.emit('refused', { conversationId: wireIdOf(conversation), status, detail })
  }

  const acknowledge = (conversation: Conversation, body: ConversationBody) => {
    const { delivery } = conversation
    ledger.counts.delivered += [...body.rows.keys()].filter((entry) => delivery.dirty.has(entry)).length
    acknowledged(delivery, body)
    ledger.storedAt = platform.now()
    const conversationId = wireIdOf(conversation, body.part)
    ledger.emit('delivered', { conversationId, messages: body.rows.size, bytes: body.bytes })
  }

  return {
    refuse,
    /** @returns whether the body is delivered */
    outcome(conversation: Conversation, body: ConversationBody, outcome: DeliveryOutcome): boolean {
      if (outcome.kind === 'delivered') {
        acknowledge(conversation, body)
        return true
      }
      if (outcome.kind === 'retry') {
        explain(outcome.cause)
        // The request may have got through all the same, and may be read late.
        if (outcome.cause.kind !== 'status') store.loseSight(conversation)
        if (outcome.cause.kind === 'timeout') leftOpen(conversation.delivery)
      } else if (outcome.kind === 'blocked') {
        arming.disarmAll()
      } else if (!outcome.detail.startsWith(conversationFull) || !goOnInNextPart(store, conversation, body)) {
        refuse(conversation, outcome.status, outcome.detail)
      }
      return false
    },
  }
}

/**
 * The server's copy of a part is full: what it doesn't hold of it goes into the next one; of a part of which it holds
 * nothing, the later half.
 *
 * @returns whether that makes this part smaller
 */
function goOnInNextPart(store: ConversationStore, conversation: Conversation, { rows }: ConversationBody): boolean {
  const part = lastPartOf(conversation) + 1
  const missing = [...rows.keys()].filter((entry) => !conversation.delivery.held.has(entry))
  const moved = missing.length < rows.size ? missing : missing.slice(Math.ceil(rows.size / 2))
  for (const { row } of moved) {
    store.saveMessage(conversation, { ...row, tabId: store.tabId, part, updatedAt: row.updatedAt + 1 })
  }
  return moved.length > 0
}
