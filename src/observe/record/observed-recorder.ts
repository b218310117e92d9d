import type { MessageStatus } from '../../script/chatlog.ts'
import type { Conversation } from '../../script/conversation/conversation.ts'
import type { MessageEntry } from '../../script/conversation/transcript.ts'
import { toJson } from '../../script/json.ts'
import type { Ledger } from '../../script/ledger.ts'
import type { ResolvedOptions } from '../../script/options.ts'
import type { Platform } from '../../script/platform.ts'
import type { Recording } from '../../script/start.ts'
import type { RenderedMessage } from '../read/rendered-messages.ts'
import { comparable, wordsOf } from '../read/text-change.ts'
import { derivedId, type KnownMessage, type KnownMessages, type SeenMessage } from '../recognize/known-messages.ts'

/** An answer whose text hasn't changed for this long, in milliseconds, is complete. */
export const settleMs = 2_000

/** A growing answer is recorded at most this often, in milliseconds. */
const recordEveryMs = 250

/** The same when the page goes: what has come since may be the next page's to find. */
const settleOnLeavingMs = 500

/** The same where `data-done` says when an answer is complete, and it doesn't come: stopped, or cut off. */
export const giveUpMs = 30_000

/** Records what a widget shows. */
export interface ObservedRecorder {
  /** The page goes, perhaps: a shorter pause than else is taken for an answer's end. */
  leaving: boolean
  /** A message that is known: updated where it has changed. */
  update(known: KnownMessage, message: RenderedMessage, isLast: boolean): void
  /** A new one, behind those before it. */
  add(message: RenderedMessage, where: NewPlace): void
  /** Answers that the widget has taken back while they came are whole as far as they came, after a pause. */
  endGone(known: readonly KnownMessage[]): void
  /** The text as it is, or would be, stored, without white space. */
  storedForm(message: RenderedMessage): string
  /** How long until an answer may have settled, in milliseconds; `null` where none is being received. */
  nextSettleMs(known: readonly KnownMessage[]): number | null
}

export interface NewPlace {
  known: readonly KnownMessage[]
  replaces: KnownMessage | undefined
  /** The recorded message that it stands before: earlier history that comes late. */
  before: KnownMessage | undefined
  isLast: boolean
  /** It was painted with others: nothing of it is still coming. */
  isHistory: boolean
}

export function createObservedRecorder(
  { recorder, current, store }: Recording,
  messages: KnownMessages,
  options: ResolvedOptions,
  { now }: Platform,
  ledger: Ledger,
): ObservedRecorder {
  const dropped = new WeakMap<Element, string>()

  const inputOf = ({ role, text, links }: RenderedMessage, id: string, status: MessageStatus) => ({
    id,
    role,
    content: text,
    links,
    status,
  })

  const seenOf = (message: RenderedMessage, settled: boolean, before?: SeenMessage): SeenMessage => ({
    element: message.element,
    comparable: message.comparable,
    links: toJson(message.links) as string,
    settled,
    failed: message.failed,
    changedAt: before?.comparable === message.comparable ? before.changedAt : now(),
    recordedAt: now(),
    visible: true,
    asked: settled ? (before?.asked ?? null) : null,
    shrunkTo: null,
  })

  const isSettled = (message: RenderedMessage, isLast: boolean, before?: SeenMessage): boolean => {
    if (message.role === 'user' || before?.asked || message.done) return true
    const quietMs = before?.comparable === message.comparable ? now() - before.changedAt : 0
    // Some widgets still type out an answer that has long come, while the next question is asked.
    if (!isLast && (!before || before.settled || quietMs)) return true
    const enoughMs = message.done === null || !isLast ? settleMs : giveUpMs
    return quietMs >= (self.leaving ? Math.min(enoughMs, settleOnLeavingMs) : enoughMs)
  }

  const statusOf = ({ failed }: RenderedMessage, settled: boolean, asked?: SeenMessage['asked']): MessageStatus => {
    if (!settled) return 'streaming'
    if (failed) return 'error'
    return asked ? 'aborted' : 'complete'
  }

  const record = (
    conversation: Conversation,
    message: RenderedMessage,
    id: string,
    status: MessageStatus,
    entry?: MessageEntry,
    replaces?: string,
  ): MessageEntry | null => {
    try {
      return recorder.record(conversation, inputOf(message, id, status), entry, replaces ? { replaces } : {})
    } catch (cause) {
      ledger.drop('invalid', null, String(cause))
      return null
    }
  }

  const self: ObservedRecorder = {
    leaving: false,
    update({ conversation, entry, seen, stored, closed }, message, isLast) {
      if (closed || !seen) {
        // Folded up, or coming anew from its beginning: what is recorded has more.
        const [recorded, shown] = [wordsOf(stored), wordsOf(message.comparable)]
        const hasMore = recorded.length > shown.length && recorded.startsWith(shown)
        if (!closed && shown.length > recorded.length && shown.startsWith(recorded)) {
          const settled = isSettled(message, isLast)
          messages.see(entry, seenOf(message, settled))
          record(conversation, message, entry.row.externalId ?? entry.row.id, statusOf(message, settled), entry)
        } else if (!hasMore) {
          messages.see(entry, seenOf(message, true))
        }
        return
      }
      seen.visible = true
      seen.element = message.element
      if (seen.settled && message.comparable !== seen.comparable) {
        if (message.role === 'user') return void Object.assign(seen, { comparable: message.comparable })
        if (seen.comparable.startsWith(message.comparable)) {
          seen.shrunkTo = message.comparable
          return
        }
      }
      const { links, comparable: before, settled: wasSettled } = seen
      const changed = before !== message.comparable || links !== toJson(message.links)
      const settled = isSettled(message, isLast, seen) || (wasSettled && before === message.comparable)
      const next = seenOf(message, settled, seen)
      const status = statusOf(message, settled, seen.asked)
      const failedSince = message.failed && !seen.failed
      const isOwed = self.leaving && seen.changedAt > seen.recordedAt
      if (!changed && settled === wasSettled && !failedSince && !isOwed)
        return void Object.assign(seen, { shrunkTo: null })
      messages.see(entry, next)
      if (!settled && !self.leaving && now() - seen.recordedAt < recordEveryMs) {
        next.recordedAt = seen.recordedAt
        return
      }
      record(conversation, message, entry.row.externalId ?? entry.row.id, status, entry)
    },

    add(message, { known, replaces, before, isLast, isHistory }) {
      if (dropped.get(message.element) === message.comparable) return
      const conversation = before?.conversation ?? current.forRecording()
      messages.add(conversation)
      const own = known.filter((one) => one.conversation === conversation)
      const preceding = before ? own.slice(0, own.indexOf(before)) : own
      const settled = isHistory || isSettled(message, isLast)
      const replaced = replaces?.conversation === conversation ? replaces.entry.row.id + conversation.suffix : undefined
      const id = derivedId({ role: message.role, comparable: storedForm(message) }, preceding)
      const entry = record(conversation, message, id, statusOf(message, settled), conversation.byId.get(id), replaced)
      if (!entry) return void dropped.set(message.element, message.comparable)
      messages.see(entry, seenOf(message, settled))
      if (before) placeBefore(conversation, entry, before, preceding.at(-1))
    },

    endGone(known) {
      for (const { conversation, entry, seen } of known) {
        if (!seen || seen.settled || seen.visible || now() - seen.changedAt < settleMs) continue
        seen.settled = true
        if (entry.draft) {
          recorder.record(conversation, { ...entry.draft, status: seen.asked ? 'aborted' : 'complete' }, entry)
        }
      }
    },

    storedForm,

    nextSettleMs(known) {
      const waits = known.flatMap(({ seen }) => (seen && !seen.settled ? [now() - seen.changedAt] : []))
      return waits.length ? Math.max(0, settleMs - Math.max(...waits)) : null
    },
  }
  return self

  function storedForm({ role, text }: RenderedMessage): string {
    try {
      const stored = options.beforeStore?.({ role, content: text })
      return comparable(stored ? String(stored.content) : text)
    } catch {
      return comparable(text) // the recorder will say so when it comes to it
    }
  }

  /** Between its neighbours: places are numbers of which there is always one between two. */
  function placeBefore(
    conversation: Conversation,
    entry: MessageEntry,
    next: KnownMessage,
    previous: KnownMessage | undefined,
  ): void {
    const least = previous?.entry.row.order ?? next.entry.row.order - 1
    const order = (least + next.entry.row.order) / 2
    store.saveMessage(conversation, { ...entry.row, order })
  }
}
