import { conversationFull } from '../../contract/conversation-full.ts'
import type { ConversationBody } from '../conversation/body.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { acknowledged, leftOpen, refusedByServer } from '../conversation/delivery.ts'
import { lastPartOf, wireIdOf } from '../conversation/transcript.ts'
import type { Ledger } from '../ledger.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { ConversationStore } from '../store/conversation-store.ts'
import type { DeliveryOutcome, RetryCause } from './answer.ts'
import type { Arming } from './arming.ts'

/** Keeps what became of requests, and says once what stands between the page and its endpoint. */
export interface Settling {
  /** @returns whether the body is delivered */
  settle(conversation: Conversation, body: ConversationBody, outcome: DeliveryOutcome): boolean
  /** The server won't take this conversation as it is: nothing of it is sent until it changes. */
  refuse(conversation: Conversation, status: number, detail: string): void
}

export interface SettlingParts {
  store: ConversationStore
  arming: Arming
  ledger: Ledger
  platform: Platform
  options: Pick<ResolvedOptions, 'endpoint'>
}

export function createSettling({ store, arming, ledger, options, platform }: SettlingParts): Settling {
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
    settle(conversation, body, outcome) {
      if (outcome.kind === 'delivered') {
        acknowledge(conversation, body)
        return true
      }
      if (outcome.kind === 'retry') {
        explain(outcome.cause)
        // Nobody knows the endpoint's own answer: the request may have got through, and the server may read it late.
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
 * The server's copy of a part is full: moves the messages that it doesn't hold into the next part; of a part of which
 * it holds nothing, the later half.
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
