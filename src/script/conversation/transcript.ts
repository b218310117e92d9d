import type { MessageInput } from '../chatlog.ts'
import { findLastIndex } from '../lists.ts'
import { mergeVersions } from './merge.ts'
import type { ConversationHeader, MessageRow } from './rows.ts'

/** A message in memory. */
export interface MessageEntry {
  /** The newest version. A change replaces the row, so that comparing objects answers "is it still the one I sent?". */
  readonly row: MessageRow
  /** Number of the row that holds this version; `null` while it isn't saved. Set by the store. */
  readonly seq: number | null
  /** Rows that this tab has saved of the message, which its next save removes. Set by the store. */
  readonly ownSeqs: readonly number[]
  /** What the page has said so far, while the message streams; else `null`. Set by the recorder. */
  draft: MessageInput | null
  /** The draft has grown since the row was made. Set by the recorder. */
  stale: boolean
}

/** What is said in a conversation: a fold of its rows. This file alone changes it. */
export interface Transcript {
  readonly id: string
  /** The end of the wire id: `''`, or another once the conversation goes on under a new id. */
  readonly suffix: string
  /** The wire id before that; `null` where the id never changed. */
  readonly continues: string | null
  readonly header: ConversationHeader
  /** In order. */
  readonly messages: readonly MessageEntry[]
  /** Messages by id, without its suffix, and by the caller's own id. */
  readonly byId: ReadonlyMap<string, MessageEntry>
  /** Bytes of the messages, by part; part 1 stands at index 1. */
  readonly partBytes: readonly number[]
  /** Time of the newest message, milliseconds since 1970; 0 without one. */
  readonly activeAt: number
  /** When this page last saved a message (`elapsedMs`); `null` before. */
  readonly savedAt: number | null
  /** Time of the newest change, milliseconds since 1970. */
  readonly updatedAt: number
}

interface OwnTranscript extends Transcript {
  suffix: string
  continues: string | null
  header: ConversationHeader
  messages: MessageEntry[]
  byId: Map<string, MessageEntry>
  partBytes: number[]
  activeAt: number
  savedAt: number | null
  updatedAt: number
}

const own = (transcript: Transcript) => transcript as OwnTranscript

/** Stands in for a stored header until that is read. */
export const noHeader: ConversationHeader = {
  ...{ externalId: null, createdAt: '', updatedAt: 0, userProperties: {}, properties: {}, tags: [], visibility: null },
  chatlog: { visitorId: null },
}

/** A transcript without messages. */
export const createTranscript = (id: string, header: ConversationHeader): Transcript => ({
  ...{ id, suffix: '', continues: null, header, messages: [], byId: new Map(), partBytes: [0, 0] },
  ...{ activeAt: 0, savedAt: null, updatedAt: header.updatedAt },
})

/** The id of a part on the wire. */
export const wireIdOf = ({ id, suffix }: Transcript, part = 1): string => `${id}${suffix}${part > 1 ? `-p${part}` : ''}`

/** The newest part, from 1. */
export const lastPartOf = ({ partBytes }: Transcript): number => partBytes.length - 1

/** The id of a message that has a caller's id: derived from that, so that two tabs agree on it. */
export const derivedIdOf = ({ id }: Transcript, callerId: string): string => `${id}.${callerId}`

/** A short text that is a different one for almost every text: at most seven characters. */
export function hashOf(text: string): string {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return (hash >>> 0).toString(36)
}

/** The message with this id: its own without the suffix, or the caller's. */
export const findMessage = ({ byId }: Transcript, id: string): MessageEntry | undefined => byId.get(id)

/** Puts a message in its place, or its newer version in the place of the older. */
export function putMessage(transcript: Transcript, row: MessageRow): MessageEntry {
  const { messages, byId, partBytes } = own(transcript)
  const known = byId.get(row.id)
  const entry = known ?? { row, seq: null, ownSeqs: [], draft: null, stale: false }
  if (known) partBytes[known.row.part] = (partBytes[known.row.part] ?? 0) - known.row.bytes - 1
  if (known?.row.order !== row.order) {
    if (known) messages.splice(messages.indexOf(known), 1)
    // Two tabs may record in the same millisecond: ordered by id then, both show the same order.
    const isBefore = (other: MessageRow) => other.order < row.order || (other.order === row.order && other.id < row.id)
    messages.splice(findLastIndex(messages, (other) => isBefore(other.row)) + 1, 0, entry)
  }
  ;(entry as { row: MessageRow }).row = row
  byId.set(row.id, entry)
  if (row.externalId !== null) byId.set(row.externalId, entry)
  while (partBytes.length <= row.part) partBytes.push(0)
  partBytes[row.part] = (partBytes[row.part] ?? 0) + row.bytes + 1
  noteActivity(transcript, Math.max(row.order, row.updatedAt))
  noteChange(transcript, row.updatedAt)
  return entry
}

/** Whether a row that was read holds what is known already. */
export const isSameVersion = (known: MessageRow, read: MessageRow): boolean =>
  known.updatedAt === read.updatedAt && known.json === read.json && known.part === read.part

/** Puts the newer of the known version and the one that was read. @returns the message */
export function mergeMessage(transcript: Transcript, read: MessageRow): MessageEntry {
  const known = findMessage(transcript, read.id)
  const merged = known ? mergeVersions(known.row, read) : read
  return known?.row === merged ? known : putMessage(transcript, merged)
}

/** Replaces the header. */
export function putHeader(transcript: Transcript, header: ConversationHeader): void {
  own(transcript).header = header
  noteChange(transcript, header.updatedAt)
}

/** The visitor has removed the conversation. */
export const isDiscarded = ({ header }: Transcript): boolean => !!header.chatlog.discardedAt

/** The same conversation goes on on other devices. */
export const isShared = ({ header }: Pick<Transcript, 'header'>): boolean => !!header.chatlog.shared

/** Forgets messages. @returns those that were there */
export function forgetMessages(transcript: Transcript, isMeant: (row: MessageRow) => boolean): MessageEntry[] {
  const { messages, byId, partBytes } = own(transcript)
  const forgotten = messages.filter(({ row }) => isMeant(row))
  for (const entry of forgotten) {
    const { id, externalId, part, bytes } = entry.row
    messages.splice(messages.indexOf(entry), 1)
    byId.delete(id)
    if (externalId !== null) byId.delete(externalId)
    partBytes[part] = (partBytes[part] ?? 0) - bytes - 1
    entry.draft = null
  }
  return forgotten
}

/** From now on the conversation has another wire id, which continues the one before. */
export function goOnUnder(transcript: Transcript, suffix: string, continues: string | null): void {
  Object.assign(own(transcript), { suffix, continues })
}

/** The conversation has a message of that time, milliseconds since 1970, though this page may not have read it yet. */
export function noteActivity(transcript: Transcript, at: number): void {
  own(transcript).activeAt = Math.max(transcript.activeAt, at)
}

/** This page saves a message, at that moment (`elapsedMs`). */
export function noteSave(transcript: Transcript, at: number): void {
  own(transcript).savedAt = at
}

function noteChange(transcript: Transcript, at: number): void {
  own(transcript).updatedAt = Math.max(transcript.updatedAt, at)
}
