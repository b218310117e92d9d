import type { MessageInput, MessageStatus } from '../chatlog.ts'
import { asText } from '../conversation/content.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { fromRowJson } from '../conversation/message.ts'
import type { MessageEntry } from '../conversation/transcript.ts'
import { lastOf } from '../lists.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { Finder } from './finder.ts'

/** A growing answer is saved at most this often, in milliseconds. */
const saveStreamEveryMs = 250

/** Which conversation a call means. */
export interface Where {
  /** @defaultValue the tab's own, else the newest that has a message of that id */
  conversationId?: string
}

/** Records answers that come in pieces. */
export interface Streams {
  appendToMessage(messageId: string, delta: string, where?: Where): void
  completeMessage(messageId: string, end?: { status?: MessageStatus } & Where): void
  /** Saves what growing answers have gained since their last save. */
  saveDrafts(): void
}

interface StreamsParts {
  options: ResolvedOptions
  platform: Platform
  finder: Finder
  record(conversation: Conversation, input: MessageInput, known: MessageEntry): unknown
}

/** @returns also `follow`, which the recorder calls with each message that it has saved, as the page gave it */
export function createStreams({ options, platform, finder, record }: StreamsParts) {
  const growing = new Map<MessageEntry, Conversation>()
  /**
   * Messages as the page gave them: the stored form is edited by `beforeStore` already, and must not be edited twice.
   */
  const given = new WeakMap<MessageEntry, MessageInput>()
  let cancelSave: (() => void) | null = null

  const saveDrafts = () => {
    cancelSave?.()
    cancelSave = null
    for (const [entry, conversation] of growing) {
      if (!entry.stale || !entry.draft) continue
      entry.stale = false
      record(conversation, entry.draft, entry)
    }
  }

  const withMessage = (
    messageId: string,
    where: Where | undefined,
    work: (conversation: Conversation, entry: MessageEntry) => void,
  ) =>
    finder.whenFound(messageId, where?.conversationId, (found) => {
      if (!found) {
        throw new TypeError(
          `no message \`${messageId}\` is recorded here: start it with trackMessage({ status: 'streaming' })`,
        )
      }
      work(...found)
    })

  return {
    saveDrafts,
    follow(conversation: Conversation, entry: MessageEntry, input: MessageInput) {
      if (options.beforeStore) given.set(entry, input)
      entry.draft = entry.row.streaming ? { ...input } : null
      if (entry.draft) growing.set(entry, conversation)
      else growing.delete(entry)
      entry.stale = false
    },
    appendToMessage(messageId: string, delta: string, where?: Where) {
      const text = asText(delta)
      if (!text) return
      withMessage(messageId, where, (conversation, entry) => {
        const draft = entry.draft ?? restarted(entry, given.get(entry) ?? inputOf(entry))
        const { content } = draft
        draft.content = Array.isArray(content) ? withText(content, text) : (asText(content) ?? '') + text
        entry.draft = draft
        entry.stale = true
        growing.set(entry, conversation)
        cancelSave ??= platform.setTimer(saveDrafts, saveStreamEveryMs)
      })
    },
    completeMessage(messageId: string, end?: { status?: MessageStatus } & Where) {
      const { status = 'complete', ...where } = end ?? {}
      withMessage(messageId, where, (conversation, entry) => {
        record(conversation, { ...(entry.draft ?? given.get(entry) ?? inputOf(entry)), status }, entry)
      })
    },
  }
}

/**
 * A message to add to: one that has broken off streams again, one that counts as complete stays so after each piece.
 */
function restarted({ row }: MessageEntry, { status: _ended, ...input }: MessageInput): MessageInput {
  return /"status":"(aborted|error|interrupted)"/.test(row.json) ? { ...input, status: 'streaming' } : input
}

type Parts = Exclude<MessageInput['content'], string>

/** The parts with text added to the last one where that is text, else as a part of its own. */
function withText(content: Parts, text: string): Parts {
  const last: unknown = lastOf(content)
  const { type, text: before } = (
    typeof last === 'string' ? { type: 'text', text: last } : (last ?? {})
  ) as Parts[number] & { text?: string }
  return type === 'text'
    ? [...content.slice(0, -1), { type, text: `${before ?? ''}${text}` }]
    : [...content, { type: 'text', text }]
}

/** A recorded message as the page would give it, without a status. */
function inputOf({ row }: MessageEntry): MessageInput {
  const {
    externalId,
    tool_calls: toolCalls,
    properties,
    updatedAt,
    ...rest
  } = fromRowJson(row.json) as NonNullable<ReturnType<typeof fromRowJson>>
  const { chatlog, ...own } = properties ?? {}
  return { ...rest, id: externalId, toolCalls, properties: own } as MessageInput
}
