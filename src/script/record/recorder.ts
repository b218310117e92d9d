import { maxBodyBytes } from '../../contract/limits.ts'
import type { FeedbackInput, LinkClickInput, MessageInput, MessageStatus } from '../chatlog.ts'
import { partBudgetBytes, partFor } from '../conversation/body.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { withJson } from '../conversation/merge.ts'
import {
  asText,
  fitMessage,
  fromRowJson,
  type MessageMarks,
  toIsoTime,
  toRowJson,
  toWireMessage,
  withMarks,
} from '../conversation/message.ts'
import type { LinkClick, MessageRow } from '../conversation/rows.ts'
import { derivedIdOf, findMessage, type MessageEntry } from '../conversation/transcript.ts'
import { toJson, utf8Bytes } from '../json.ts'
import type { Ledger } from '../ledger.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import { type ConversationStore, debounceMs } from '../store/conversation-store.ts'
import type { CurrentConversation } from '../who/current-conversation.ts'
import { withoutValues } from '../who/new-header.ts'

/** A growing answer is saved at most this often, in milliseconds. */
const saveStreamEveryMs = 250

export interface RecorderParts {
  options: ResolvedOptions
  platform: Platform
  store: ConversationStore
  current: CurrentConversation
  ledger: Ledger
}

/** What the page says, made into stored messages. Every method may throw on bad input, before anything has changed. */
export interface Recorder {
  trackMessage(input: MessageInput): string
  /** Puts a message into a conversation. `marks` are added to those it has. */
  record(
    conversation: Conversation,
    input: MessageInput,
    known?: MessageEntry,
    marks?: MessageMarks,
  ): MessageEntry | null
  appendToMessage(messageId: string, delta: string): void
  completeMessage(messageId: string, end?: { status?: MessageStatus }): void
  trackLinkClick(click: LinkClickInput): void
  trackFeedback(feedback: FeedbackInput): void
  /** Saves what growing answers have gained since their last save. */
  saveDrafts(): void
}

export function createRecorder({ options, platform, store, current, ledger }: RecorderParts): Recorder {
  const { now } = platform
  const growing = new Map<MessageEntry, Conversation>()
  let cancelSave: (() => void) | null = null

  const rowOf = (
    conversation: Conversation,
    input: MessageInput,
    known: MessageRow | undefined,
    added: MessageMarks,
  ): MessageRow => {
    const order = known?.order ?? Math.max(now(), conversation.activeAt + 1)
    const updatedAt = known ? Math.max(now(), known.updatedAt + 1) : order
    const { status = 'complete' } = input
    const streaming = status === 'streaming'
    const before = known && fromRowJson(known.json)
    const { status: _before, ...kept } = before?.properties?.chatlog ?? {}
    const marks = { ...(!streaming && { status }), ...kept, ...added }
    const createdAt = before?.createdAt ?? new Date(order).toISOString()
    const wire = toWireMessage(input, { createdAt, updatedAt: before?.updatedAt ?? createdAt }, marks)
    if (known && !streaming && !known.streaming && toRowJson(wire) === known.json) return known
    wire.updatedAt = new Date(updatedAt).toISOString()
    const externalId = wire.externalId ?? null
    const id = known?.id ?? (externalId === null ? platform.createId() : derivedIdOf(conversation, externalId))
    // In one go: what is put together from two objects takes more of the page's memory.
    const row: MessageRow = {
      kind: 'message',
      tabId: store.tabId,
      id,
      externalId,
      order,
      updatedAt,
      part: known?.part ?? 0,
      streaming,
      role: wire.role,
      json: '',
      bytes: 0,
    }
    return placed(conversation, withJson(row, toRowJson(wire)))
  }

  /** In its part, and cut where it is larger than a part by itself. */
  const placed = (conversation: Conversation, row: MessageRow): MessageRow => {
    let fitted = row
    if (row.bytes > maxBodyBytes / 2 && row.bytes > partBudgetBytes(conversation)) {
      const message = fromRowJson(row.json)
      const room = partBudgetBytes(conversation) - utf8Bytes(toJson(row.id) as string) - 10
      if (message) fitted = withJson(row, toRowJson(fitMessage(message, room)))
      ledger.drop('too_large', row.id, `it has ${row.bytes} bytes, ${fitted.bytes} are kept`)
    }
    return conversation.log.loaded && !row.part ? { ...fitted, part: partFor(conversation, fitted.bytes) } : fitted
  }

  const edited = (input: MessageInput): MessageInput | null =>
    options.beforeStore ? options.beforeStore({ ...input }) : input

  const record: Recorder['record'] = (conversation, input, known, marks = {}) => {
    const message = edited(input)
    if (!message) {
      ledger.drop('before_store', null, '`beforeStore` returned null')
      return null
    }
    const row = rowOf(conversation, message, known?.row, marks)
    if (known?.row === row) return known
    const entry = store.saveMessage(conversation, row)
    if (entry.row.streaming) {
      entry.draft = { ...input }
      growing.set(entry, conversation)
    } else {
      entry.draft = null
      growing.delete(entry)
    }
    entry.stale = false
    if (!known) {
      ledger.counts.recorded++
      ledger.emit('recorded', { messageId: entry.row.id })
    }
    announce(conversation, entry.row)
    return entry
  }

  /** A visitor's message waits for its answer, an answer until it is complete. */
  const announce = (conversation: Conversation, { role, streaming }: MessageRow) => {
    if (role === 'user' && !streaming) store.announce(conversation, 'max_wait', options.maxWaitMs)
    else store.announce(conversation, 'message_complete', streaming ? null : debounceMs)
  }

  const saveDraft = (entry: MessageEntry, conversation: Conversation) => {
    if (!entry.stale || !entry.draft) return
    entry.stale = false
    record(conversation, entry.draft, entry)
  }

  const saveDrafts = () => {
    cancelSave?.()
    cancelSave = null
    for (const [entry, conversation] of growing) saveDraft(entry, conversation)
  }

  const find = (messageId: unknown, conversationId?: string): [Conversation, MessageEntry] | undefined => {
    const here = conversationId ? [current.byId(conversationId)] : [current.get(), ...store.all().reverse()]
    for (const conversation of here) {
      const entry = conversation && findMessage(conversation, String(messageId))
      if (entry) return [conversation, entry]
    }
    return
  }

  const growingDraft = (messageId: string): [Conversation, MessageEntry, MessageInput] => {
    const [conversation, entry] = find(messageId) ?? []
    if (!conversation || !entry?.draft) {
      throw new TypeError(`no streaming message \`${messageId}\`: start it with trackMessage({ status: 'streaming' })`)
    }
    return [conversation, entry, entry.draft]
  }

  /** A new version of a message with more marks on it. */
  const mark = (
    conversation: Conversation,
    entry: MessageEntry,
    marksAfter: (before: MessageMarks) => MessageMarks,
  ) => {
    const message = fromRowJson(entry.row.json)
    if (!message) return
    const updatedAt = Math.max(now(), entry.row.updatedAt + 1)
    const marked = withMarks(message, marksAfter(message.properties?.chatlog ?? {}))
    const json = toRowJson({ ...marked, updatedAt: new Date(updatedAt).toISOString() })
    const row = withJson({ ...entry.row, updatedAt, tabId: store.tabId }, json)
    const growth = row.bytes - entry.row.bytes
    if ((conversation.partBytes[row.part] ?? 0) + growth > maxBodyBytes - 4_000) {
      return ledger.drop('too_large', row.id, 'a link click or feedback no longer fits its part')
    }
    store.saveMessage(conversation, row)
  }

  return {
    record,
    saveDrafts,
    trackMessage(input) {
      if (typeof input !== 'object' || !input) throw new TypeError('a message must be an object { role, content }')
      const { id, conversationId } = input
      const conversation = conversationId ? current.byId(conversationId) : current.forRecording()
      const known = id == null ? undefined : findMessage(conversation, String(id))
      return record(conversation, input, known)?.row.id ?? ''
    },
    appendToMessage(messageId, delta) {
      const [, entry, draft] = growingDraft(messageId)
      if (typeof draft.content === 'string') draft.content += delta
      else draft.content = [...draft.content, { type: 'text', text: String(delta) }]
      entry.stale = true
      cancelSave ??= platform.setTimer(saveDrafts, saveStreamEveryMs)
    },
    completeMessage(messageId, { status = 'complete' } = {}) {
      const [conversation, entry, draft] = growingDraft(messageId)
      record(conversation, { ...draft, status }, entry)
    },
    trackLinkClick({ url, label, title, messageId, conversationId }) {
      const { href, baseUrl } = platform.page()
      // Within the page: its address loses the values that may name a person here too.
      const absolute = url.startsWith('#') ? withoutValues(href) + url : new URL(url, baseUrl).href
      const told: LinkClick = {
        url: absolute,
        label: asText(label ?? title) ?? null,
        clickedAt: toIsoTime(now()) as string,
      }
      const click = options.beforeClick?.(told) ?? told
      const named = messageId ? find(messageId, conversationId) : undefined
      const conversation = named?.[0] ?? (conversationId ? current.byId(conversationId) : current.forRecording())
      const add = () => {
        const [where, entry] =
          (messageId && find(messageId, conversationId)) || holderOf(conversation, [url, absolute, click.url])
        if (entry) mark(where, entry, ({ linkClicks = [] }) => ({ linkClicks: [...linkClicks, click] }))
        else addConversationClick(where, click)
        store.announce(where, 'link_click', debounceMs)
      }
      // The message may be one of an earlier page; a click on one of this page needn't wait, and may be what leaves it.
      if (named) add()
      else store.whenLoaded(conversation, add, true)
    },
    trackFeedback({ messageId, type, reasons }) {
      if (type !== 'positive' && type !== 'negative')
        throw new TypeError('feedback `type` must be positive or negative')
      const add = () => {
        const [conversation, entry] = find(messageId) ?? []
        if (!conversation || !entry) return ledger.drop('invalid', null, 'feedback on no message that is recorded here')
        mark(conversation, entry, () => ({ feedback: { type, reasons, createdAt: toIsoTime(now()) } }))
        store.announce(conversation, 'feedback', debounceMs)
      }
      const conversation = current.get()
      if (find(messageId) || !conversation) add()
      else store.whenLoaded(conversation, add, true)
    },
  }

  function addConversationClick(conversation: Conversation, click: LinkClick): void {
    const { header: known, log } = conversation
    // The page goes before the stored one was read: that wins, and gets the click.
    const header = known.updatedAt ? known : current.headerFor(conversation)
    const updatedAt = log.loaded ? Math.max(now(), known.updatedAt + 1) : known.updatedAt
    const chatlog = { ...header.chatlog, linkClicks: [...(known.chatlog.linkClicks ?? []), click] }
    store.saveHeader(conversation, { ...header, chatlog, updatedAt })
  }

  /** The newest message whose links or text hold the URL, else the conversation. */
  function holderOf(conversation: Conversation, urls: string[]): [Conversation, MessageEntry?] {
    // As it stands in JSON, without the quotes.
    const forms = urls.map((url) => (toJson(url) as string).slice(1, -1))
    const entry = conversation.messages.findLast(({ row }) => forms.some((form) => row.json.includes(form)))
    return entry ? [conversation, entry] : [conversation]
  }
}
