import type { MessageInput } from '../chatlog.ts'
import { asText, textOf } from '../conversation/content.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { fromRowJson, type MessageMarks } from '../conversation/message.ts'
import type { MessageRow } from '../conversation/rows.ts'
import { findMessage, isDiscarded, type MessageEntry } from '../conversation/transcript.ts'
import { messageOf } from '../json.ts'
import type { Ledger } from '../ledger.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import { type ConversationStore, debounceMs } from '../store/conversation-store.ts'
import type { CurrentConversation } from '../who/current-conversation.ts'
import { createFinder } from './finder.ts'
import { createRows, type Place } from './message-rows.ts'
import { createReactions, discardedDetail, type Reactions } from './reactions.ts'
import { createStreams, type Streams } from './streams.ts'

export interface RecorderParts {
  options: ResolvedOptions
  platform: Platform
  store: ConversationStore
  current: CurrentConversation
  ledger: Ledger
}

/** Makes stored messages of what the page says. Methods may throw on bad input, before anything has changed. */
export interface Recorder extends Streams, Reactions {
  /** Records a message, or a new version of it. @returns its id on the wire; `''` where it was dropped. Never throws */
  trackMessage(input: MessageInput): string
  /**
   * Puts a message into a conversation.
   *
   * @param known the recorded message that it is a new version of
   * @param marks added to those that it has
   * @returns `null` where it was dropped
   */
  record(
    conversation: Conversation,
    input: MessageInput,
    known?: MessageEntry,
    marks?: MessageMarks,
    place?: Place,
  ): MessageEntry | null
  /** What a recorded message says, as it is stored. */
  textOf(entry: MessageEntry): string
  /**
   * A message as `beforeStore` makes it; `null` where that drops it. Remembered by the object: given to `record` later,
   * the same object isn't edited a second time, even where its `id` or `status` has changed.
   */
  storedForm(input: MessageInput): MessageInput | null
}

export function createRecorder({ options, platform, store, current, ledger }: RecorderParts): Recorder {
  const rows = createRows({ platform, store, ledger })
  const forms = new WeakMap<MessageInput, MessageInput | null>()
  const edited = (input: MessageInput): MessageInput | null =>
    options.beforeStore ? options.beforeStore({ ...input }) : input

  const storedForm: Recorder['storedForm'] = (input) => {
    if (!forms.has(input)) forms.set(input, edited(input))
    return forms.get(input) as MessageInput | null
  }

  const takeForm = (input: MessageInput): MessageInput | null => {
    if (!forms.has(input)) return edited(input)
    const form = storedForm(input)
    return form && ({ ...form, id: form.id ?? input.id, status: form.status ?? input.status } as MessageInput)
  }

  const record: Recorder['record'] = (conversation, input, known, marks = {}, place) => {
    if (isDiscarded(conversation)) {
      ledger.drop('discarded', asText(input.id) ?? null, discardedDetail)
      return null
    }
    const message = takeForm(input)
    if (!message) {
      ledger.drop('before_store', asText(input.id) ?? null, '`beforeStore` returned null')
      return null
    }
    const row = rows.of({ conversation, input: message, known, marks, place })
    if (known?.row === row) return known
    const isHistory = place?.isHistory && !known
    const entry = isHistory ? store.noteHistory(conversation, row) : store.saveMessage(conversation, row)
    streams.follow(conversation, entry, input)
    if (!known) {
      if (!message.status) rows.supposed.add(entry)
      ledger.counts.recorded++
      ledger.emit('recorded', { messageId: entry.row.id })
    }
    if (!isHistory) announce(conversation, entry.row)
    return entry
  }

  /** Has a message sent: a visitor's waits `maxWaitMs` for its answer, an answer until it is complete. */
  const announce = (conversation: Conversation, { role, streaming }: MessageRow) => {
    if (role === 'user' && !streaming) store.announce(conversation, 'max_wait', options.maxWaitMs)
    else store.announce(conversation, 'message_complete', streaming ? null : debounceMs)
  }

  store.onSwept((messages) => ledger.drop('discarded', null, discardedDetail, messages))
  const finder = createFinder({ store, current, ledger })
  const streams = createStreams({ options, platform, finder, record })
  return {
    record,
    ...{ appendToMessage: streams.appendToMessage, completeMessage: streams.completeMessage },
    saveDrafts: streams.saveDrafts,
    ...createReactions({ options, platform, store, current, ledger, finder }),
    textOf({ row }) {
      const { content, tool_calls: toolCalls } = fromRowJson(row.json) ?? {}
      return textOf({ content, toolCalls })
    },
    storedForm,
    trackMessage(input) {
      if (typeof input !== 'object' || !input) throw new TypeError('a message must be an object { role, content }')
      const { id, conversationId } = input
      try {
        const conversation = conversationId ? current.byId(conversationId) : current.forRecording()
        const known = (id ?? '') === '' ? undefined : findMessage(conversation, String(id))
        return record(conversation, input, known)?.row.id ?? ''
      } catch (cause) {
        ledger.drop('invalid', asText(id) ?? null, messageOf(cause))
        return ''
      }
    },
  }
}
