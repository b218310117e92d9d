import type { MessageInput, MessageStatus } from '../../script/chatlog.ts'
import type { Conversation } from '../../script/conversation/conversation.ts'
import type { MessageEntry } from '../../script/conversation/transcript.ts'
import { toJson } from '../../script/json.ts'
import type { Ledger } from '../../script/ledger.ts'
import { lastOf } from '../../script/lists.ts'
import type { ResolvedOptions } from '../../script/options.ts'
import type { Platform } from '../../script/platform.ts'
import type { Recording } from '../../script/start.ts'
import { hasLostEdge } from '../read/labels.ts'
import type { RenderedMessage } from '../read/message-reader.ts'
import { comparable, hasLostLabel, wordsOf } from '../read/text-change.ts'
import { derivedId, type KnownMessage, type KnownMessages, type SeenMessage } from '../recognize/known-messages.ts'

/** An answer whose text hasn't changed for this long, in milliseconds, is complete. */
export const settleMs = 2_000

/** A growing answer is recorded at most this often, in milliseconds. */
const recordEveryMs = 250

/**
 * The same as the page goes, in milliseconds: this page won't see what comes later, and the next page finds it painted.
 */
const settleOnLeavingMs = 500

/** The same where `data-done` is given and doesn't match, in milliseconds: the answer was stopped or cut off. */
export const giveUpMs = 30_000

/** Where a new message stands. */
export interface NewPlace {
  known: readonly KnownMessage[]
  replaces: KnownMessage | undefined
  /** The recorded message that it stands before: earlier history that comes late. */
  before: KnownMessage | undefined
  isLast: boolean
  /** It was painted together with others: no more of it is coming. */
  isHistory: boolean
}

export interface ObservedRecorderParts {
  recording: Recording
  messages: KnownMessages
  options: ResolvedOptions
  platform: Platform
  ledger: Ledger
}

/** Records what a widget shows. */
export class ObservedRecorder {
  readonly #parts: ObservedRecorderParts
  readonly #now: () => number
  /** Text of messages that the recorder refused, by element: they aren't tried again before they change. */
  readonly #refused = new WeakMap<Element, string>()
  /** The input made of what each element says. */
  readonly #inputs = new WeakMap<Element, { message: RenderedMessage; input: MessageInput }>()
  /** The page may be going: a shorter pause than otherwise counts as an answer's end. */
  leaving = false

  constructor(parts: ObservedRecorderParts) {
    this.#parts = parts
    this.#now = parts.platform.now
  }

  /** Takes what the widget shows of a known message, and records it where that has changed. */
  update(known: KnownMessage, message: RenderedMessage, isLast: boolean): void {
    const { seen, closed } = known
    if (seen && !closed) this.#updateSeen(known, seen, message, isLast)
    else if (!closed) this.#meetAgain(known, message, isLast)
    else this.#parts.messages.see(known.entry, this.#seenOf(message, true))
  }

  /** Records a new message, behind those before it. */
  add(message: RenderedMessage, { known, replaces, before, isLast, isHistory }: NewPlace): void {
    if (this.#refused.get(message.element) === message.comparable) return
    const { messages, recording } = this.#parts
    const conversation = before?.conversation ?? recording.current.forRecording()
    messages.add(conversation)
    const own = known.filter((one) => one.conversation === conversation)
    const preceding = before
      ? own.slice(
          0,
          own.findIndex(({ entry }) => entry === before.entry),
        )
      : own
    const settled = isHistory || this.#isSettled(message, isLast)
    const { role } = message
    const id = derivedId({ role, comparable: role === 'user' ? this.storedForm(message) : '' }, preceding)
    const { status } = this.#inputOf(message, id, settled)
    const entry = this.#record(conversation, Object.assign(this.#newInput(message), { id, status }), {
      entry: conversation.byId.get(id),
      replaces: replaces?.conversation === conversation ? replaces.entry.row.id + conversation.suffix : undefined,
    })
    if (!entry) {
      this.#refused.set(message.element, message.comparable)
      return
    }
    messages.see(entry, this.#seenOf(message, settled))
    if (before) this.#placeBefore(conversation, entry, before, lastOf(preceding))
  }

  /** Ends answers that the widget has removed while they came: after a pause, what had come counts as the whole. */
  endGone(known: readonly KnownMessage[]): void {
    for (const one of known) {
      const { seen } = one
      if (seen && !seen.settled && !seen.visible && this.#now() - seen.changedAt >= settleMs) this.end(one)
    }
  }

  /** Ends an answer as it stands: nothing more of it is expected. */
  end({ conversation, entry, seen }: KnownMessage): void {
    if (!seen) return
    seen.settled = true
    if (!entry.draft) return
    this.#recordAgain(conversation, entry, this.#inputOf(seen.shown, idOf(entry), true, seen.asked))
  }

  /** How long until an answer may have settled, in milliseconds; `null` where none is being received. */
  nextSettleMs(known: readonly KnownMessage[]): number | null {
    const waits = known.flatMap(({ seen }) => (seen && !seen.settled ? [this.#now() - seen.changedAt] : []))
    return waits.length ? Math.max(0, settleMs - Math.max(...waits)) : null
  }

  /** The text of a message as it is, or would be, stored, without white space. */
  storedForm(message: RenderedMessage): string {
    try {
      const stored = this.#parts.recording.recorder.storedForm(this.#newInput(message))
      return comparable(stored ? String(stored.content) : message.text)
    } catch {
      return message.comparable // `beforeStore` throws again when the message is recorded, and the ledger says so then
    }
  }

  /**
   * The input for a message: the same object as long as its element says the same, so that `beforeStore` is asked once.
   */
  #newInput(message: RenderedMessage): MessageInput {
    const { element, role, text, links, name } = message
    const known = this.#inputs.get(element)
    const isSame =
      known?.message.text === text &&
      known.message.role === role &&
      known.message.name === name &&
      toJson(known.message.links) === toJson(links)
    if (known && isSame) return known.input
    const input: MessageInput = { role, content: text, links, ...(name && { name }) }
    this.#inputs.set(element, { message, input })
    return input
  }

  /** Meets a message that an earlier page recorded: the store may hold more than the widget shows, or less. */
  #meetAgain({ conversation, entry, stored }: KnownMessage, message: RenderedMessage, isLast: boolean): void {
    const { messages } = this.#parts
    const [recorded, shown] = [wordsOf(stored), wordsOf(this.storedForm(message))]
    // The widget has folded it up, or types it anew: it counts as met once it shows as much as was recorded.
    if (recorded.length > shown.length && recorded.startsWith(shown)) return
    // What an earlier page has found to be a label stands at the end again: it isn't text that has come.
    if (!entry.draft && hasLostEdge(message, { comparable: stored, edges: [] })) {
      messages.see(entry, this.#seenOf(message, true))
      return
    }
    const hasGrown = shown.length > recorded.length && shown.startsWith(recorded)
    const settled = !hasGrown || this.#isSettled(message, isLast)
    messages.see(entry, this.#seenOf(message, settled))
    if (hasGrown) this.#recordAgain(conversation, entry, this.#inputOf(message, idOf(entry), settled))
  }

  #updateSeen(known: KnownMessage, seen: SeenMessage, message: RenderedMessage, isLast: boolean) {
    const { conversation, entry } = known
    seen.visible = true
    seen.element = message.element
    const isSameText = seen.comparable === message.comparable
    const isReadAnew = seen.whole === message.whole || hasLostEdge(seen.shown, message)
    if (seen.settled && !isSameText && !isReadAnew) {
      // What a visitor said doesn't change, so the change is in a label. A text that has only lost its label is
      // recorded.
      if (message.role === 'user' && !hasLostLabel(seen.comparable, message.comparable)) {
        seen.comparable = message.comparable
        return
      }
      if (message.role === 'assistant' && seen.comparable.startsWith(message.comparable)) {
        seen.shrunkTo = message.comparable
        return
      }
    }
    // Some widgets say that an answer was stopped in a row of its own behind it.
    if (seen.asked === 'stop' && hasLostEdge(message, seen.shown)) {
      if (!seen.settled) this.end(known)
      return
    }
    const changed = !isSameText || seen.links !== toJson(message.links)
    const settled = this.#isSettled(message, isLast, seen) || (seen.settled && (isSameText || isReadAnew))
    const hasFailed = message.failed && !seen.failed
    const isOwed = this.leaving && seen.changedAt > seen.recordedAt
    if (!changed && settled === seen.settled && !hasFailed && !isOwed) {
      seen.shrunkTo = null
      return
    }
    const next = this.#seenOf(message, settled, seen)
    this.#parts.messages.see(entry, next)
    if (!settled && !this.leaving && this.#now() - seen.recordedAt < recordEveryMs) {
      next.recordedAt = seen.recordedAt
      return
    }
    this.#recordAgain(conversation, entry, this.#inputOf(message, idOf(entry), settled, seen.asked))
  }

  #isSettled(message: RenderedMessage, isLast: boolean, before?: SeenMessage): boolean {
    if (message.role === 'user' || before?.asked || message.done) return true
    const quietMs = before?.comparable === message.comparable ? this.#now() - before.changedAt : 0
    // Some widgets still type out an answer that has long arrived, while the visitor asks the next question.
    if (!isLast && (!before || before.settled || quietMs)) return true
    const enoughMs = message.done === null || !isLast ? settleMs : giveUpMs
    return quietMs >= (this.leaving ? Math.min(enoughMs, settleOnLeavingMs) : enoughMs)
  }

  #seenOf(message: RenderedMessage, settled: boolean, before?: SeenMessage): SeenMessage {
    const now = this.#now()
    return {
      element: message.element,
      comparable: message.comparable,
      links: toJson(message.links) as string,
      shown: message,
      whole: message.whole,
      isAttachment: message.isAttachment,
      settled,
      failed: message.failed,
      changedAt: before?.comparable === message.comparable ? before.changedAt : now,
      recordedAt: now,
      visible: true,
      asked: settled ? (before?.asked ?? null) : null,
      shrunkTo: null,
    }
  }

  #inputOf(message: RenderedMessage, id: string, settled: boolean, asked?: SeenMessage['asked']): MessageInput {
    const { role, text, links, failed, name } = message
    const ended: MessageStatus = failed ? 'error' : asked ? 'aborted' : 'complete'
    return { id, role, content: text, links, ...(name && { name }), status: settled ? ended : 'streaming' }
  }

  #recordAgain(conversation: Conversation, entry: MessageEntry, input: MessageInput): void {
    this.#record(conversation, input, { entry })
  }

  /** @returns `null` where the message was refused, which the ledger says */
  #record(
    conversation: Conversation,
    input: MessageInput,
    { entry, replaces }: { entry?: MessageEntry | undefined; replaces?: string | undefined },
  ): MessageEntry | null {
    const { recording, ledger } = this.#parts
    try {
      return recording.recorder.record(conversation, input, entry, replaces ? { replaces } : {})
    } catch (cause) {
      ledger.drop('invalid', null, String(cause))
      return null
    }
  }

  /** Puts a message between its neighbours: places are numbers, and there is always one between two. */
  #placeBefore(
    conversation: Conversation,
    entry: MessageEntry,
    next: KnownMessage,
    previous: KnownMessage | undefined,
  ): void {
    const least = previous?.entry.row.order ?? next.entry.row.order - 1
    const order = (least + next.entry.row.order) / 2
    this.#parts.recording.store.saveMessage(conversation, { ...entry.row, order })
  }
}

const idOf = ({ row }: MessageEntry): string => row.externalId ?? row.id
