import type { MessageInput } from '../chatlog.ts'
import type { BodyPiece } from '../platform.ts'
import { mergeHeaders, mergeVersions } from './merge.ts'
import type { ConversationHeader, LogRow, MessageRow, NewRow } from './rows.ts'

/** A message in memory. */
export interface MessageEntry {
  /** The newest version; a change replaces the row, so that "is it still the one I sent?" is a comparison. */
  row: MessageRow
  /** Of the saved row; `null` while this version isn't saved. */
  seq: number | null
  /** Rows that this tab saved of it, which the next save removes. Replaced: a push makes room for sixteen more. */
  ownSeqs: number[]
  /** While it streams: what the page has said so far. */
  draft: MessageInput | null
  /** The draft has grown since the row was made. */
  stale: boolean
}

/** Messages of a body, as they were last put into one. */
export interface FrozenPiece {
  rows: readonly MessageRow[]
  suffix: string
  text: BodyPiece
  /** UTF-8. */
  bytes: number
}

/** One conversation in memory: the fold of its rows, and what of it isn't delivered. */
export interface Conversation {
  readonly id: string
  /** Ends the wire id; grows where the conversation goes on under a new one. `continues` is then the one before. */
  suffix: string
  continues: string | null
  /** The suffix goes into the store with the next message: later pages must go on under it too. */
  suffixUnsaved: boolean
  header: ConversationHeader
  /** This version of the header goes into the store with the next message. */
  headerUnsaved: boolean
  headerSeq: number | null
  /** In order. */
  messages: MessageEntry[]
  /** By wire id and by the caller's own. */
  byId: Map<string, MessageEntry>
  /** Bytes of the messages, by part; part 1 stands at index 1. */
  partBytes: number[]
  /** Pieces of a long body that the browser has already, by their first message. */
  frozen: WeakMap<MessageRow, FrozenPiece>
  /** The messages that the server may not hold in their newest version. */
  dirty: Set<MessageEntry>
  /** By part: the header that the server holds, and whether that part says where it is continued. */
  sentHeaders: Map<number, { header: ConversationHeader | null; continued: boolean }>
  /** A request of which nothing more was heard may overtake a later one: everything is sent once more. */
  resend: boolean
  /** Until this moment (`elapsedMs`) such a request may still arrive, so that one more must follow it. */
  unsettledUntil: number
  /** A request that was given up may stay open until this page is closed (measured: keepalive, Chromium 156). */
  lingering: boolean
  /** Another tab has delivered since this one's send began. */
  overtaken: boolean
  /** Tabs that died with something under way. */
  goneTabs: Set<string>
  /** The server refused it in this form: not sent again until it changes. */
  refused: boolean
  /** Earlier pages' rows have been read; before that nothing is sent. */
  loaded: boolean
  /** Its content was deleted from the store: nothing can be added to it. */
  purged: boolean
  /** Rows up to this one have been read. */
  readUpTo: number
  /** Rows on their way into the store. */
  saving: number
  /** By tab: its newest row. */
  tabs: Record<string, number>
  /** By tab: up to which row nothing that it sent is under way. */
  settled: Record<string, number>
  /** Rows that the next `delivered` row supersedes. */
  deliveredSeqs: number[]
  /** Newest message and newest change, milliseconds since 1970. */
  activeAt: number
  updatedAt: number
}

/** Until the stored one is read. */
export const noHeader: ConversationHeader = {
  ...{ externalId: null, createdAt: '', updatedAt: 0, userProperties: {}, properties: {}, tags: [], visibility: null },
  chatlog: { visitorId: null },
}

export const createConversation = (id: string, header: ConversationHeader, loaded: boolean): Conversation => ({
  id,
  suffix: '',
  continues: null,
  suffixUnsaved: false,
  header,
  headerUnsaved: header.updatedAt > 0,
  headerSeq: null,
  messages: [],
  byId: new Map(),
  partBytes: [0, 0],
  frozen: new WeakMap(),
  dirty: new Set(),
  sentHeaders: new Map(),
  resend: false,
  unsettledUntil: 0,
  lingering: false,
  overtaken: false,
  goneTabs: new Set(),
  refused: false,
  purged: false,
  loaded,
  readUpTo: 0,
  saving: 0,
  tabs: {},
  settled: {},
  deliveredSeqs: [],
  activeAt: 0,
  updatedAt: header.updatedAt,
})

export const wireIdOf = ({ id, suffix }: Conversation, part = 1): string =>
  `${id}${suffix}${part > 1 ? `-p${part}` : ''}`

export const lastPartOf = ({ partBytes }: Conversation): number => partBytes.length - 1

/** Ids of messages with a caller's id are derived from it, so that two tabs agree on them. */
export const derivedIdOf = ({ id }: Conversation, callerId: string): string => `${id}.${callerId}`

/** The message with this id: the wire's, or the caller's own. */
export const findMessage = ({ byId }: Conversation, id: string): MessageEntry | undefined => byId.get(id)

/** Puts a message in its place, or its newer version in the place of the older. */
export function putMessage(conversation: Conversation, row: MessageRow, seq: number | null = null): MessageEntry {
  const { messages, byId, partBytes } = conversation
  const known = byId.get(row.id)
  const entry = known ?? { row, seq, ownSeqs: [], draft: null, stale: false }
  if (known) partBytes[known.row.part] = (partBytes[known.row.part] ?? 0) - known.row.bytes - 1
  if (known?.row.order !== row.order) {
    if (known) messages.splice(messages.indexOf(known), 1)
    // Two tabs may record in the same millisecond: they agree on the order all the same.
    const isBefore = (other: MessageRow) => other.order < row.order || (other.order === row.order && other.id < row.id)
    messages.splice(messages.findLastIndex((other) => isBefore(other.row)) + 1, 0, entry)
  }
  entry.row = row
  entry.seq = seq
  byId.set(row.id, entry)
  if (row.externalId !== null) byId.set(row.externalId, entry)
  while (partBytes.length <= row.part) partBytes.push(0)
  partBytes[row.part] = (partBytes[row.part] ?? 0) + row.bytes + 1
  conversation.dirty.add(entry)
  conversation.refused = false
  conversation.activeAt = Math.max(conversation.activeAt, row.order, row.updatedAt)
  conversation.updatedAt = Math.max(conversation.updatedAt, row.updatedAt)
  return entry
}

export function putHeader(conversation: Conversation, header: ConversationHeader, seq: number | null = null): void {
  conversation.header = header
  conversation.headerSeq = seq
  conversation.refused = false
  conversation.updatedAt = Math.max(conversation.updatedAt, header.updatedAt)
}

/**
 * Folds rows, oldest first, into the conversation: messages merge by id, the newer version wins, link clicks merge as a
 * set. Rows that were read before, and this tab's own, change nothing. Corrupt ones are left where they are.
 */
export function foldRows(conversation: Conversation, rows: readonly LogRow[], onCorrupt: (row: LogRow) => void): void {
  for (const row of rows) {
    if (row.seq <= conversation.readUpTo) continue
    conversation.readUpTo = row.seq
    if (isSound(row)) foldRow(conversation, row)
    else onCorrupt(row)
  }
}

/** Whether a row is one of ours, as far as that can be seen without parsing megabytes of messages at each start. */
function isSound(row: LogRow): boolean {
  if (row.kind === 'message')
    return /^"role":.*\}$/s.test(row.json) && row.order > 0 && row.updatedAt > 0 && row.bytes > 0
  if (row.kind === 'header') return typeof row.header?.userProperties === 'object' && !!row.header.chatlog?.visitorId
  return /^(delivered|ended|armed)$/.test(row.kind)
}

function foldRow(conversation: Conversation, row: LogRow): void {
  if (row.kind === 'message' || row.kind === 'armed') {
    conversation.tabs[row.tabId] = row.seq
    conversation.goneTabs.delete(row.tabId)
  }
  if (row.kind === 'message') {
    foldMessage(conversation, row)
  } else if (row.kind === 'header') {
    const merged = mergeHeaders(conversation.header, row.header)
    if (merged !== conversation.header) putHeader(conversation, merged, row.seq)
  } else if (row.kind === 'delivered') {
    conversation.deliveredSeqs.push(row.seq)
    conversation.overtaken = true
    for (const [tab, seq] of Object.entries(row.settled)) {
      conversation.settled[tab] = Math.max(seq, conversation.settled[tab] ?? 0)
    }
    foldDelivered(conversation, row.upTo)
  } else if (row.kind === 'ended' && row.suffix !== conversation.suffix) {
    conversation.purged = conversation.loaded
    if (conversation.loaded) return
    conversation.continues = row.continues
    conversation.suffix = row.suffix
  }
}

/** The history isn't on this machine any more: the server's copy of it must not be overwritten. */
export function goOnUnderNewId(conversation: Conversation, newId: string): void {
  conversation.continues = conversation.id
  conversation.suffix = `~${newId.slice(0, 8)}`
  conversation.suffixUnsaved = true
}

/** The header's row first, then that of a new wire id, as far as they have to be saved; once. */
export function takeUnsavedRows(conversation: Conversation, tabId: string, endedAt: number): NewRow[] {
  const { headerUnsaved, header, id, suffixUnsaved, suffix, continues } = conversation
  conversation.headerUnsaved = conversation.suffixUnsaved = false
  const rows: NewRow[] = headerUnsaved ? [{ kind: 'header', header, conversationId: id, tabId }] : []
  if (suffixUnsaved && continues) rows.push({ kind: 'ended', conversationId: id, tabId, suffix, continues, endedAt })
  return rows
}

/** Says that the server holds everything that was read. */
export function deliveredRow(conversation: Conversation, tabId: string): NewRow {
  const { id, readUpTo, tabs, settled, activeAt } = conversation
  const clean = !Object.keys(tabs).some((other) => isMarked(conversation, other))
  const wireId = wireIdOf(conversation)
  return {
    kind: 'delivered',
    conversationId: id,
    tabId,
    upTo: readUpTo,
    settled: { ...settled },
    clean,
    activeAt,
    wireId,
  }
}

/** Whether that tab may have something under way, as far as is known: a row newer than the last that was settled. */
export const isMarked = ({ tabs, settled, goneTabs }: Conversation, tabId: string): boolean =>
  !goneTabs.has(tabId) && (tabs[tabId] ?? 0) > (settled[tabId] ?? 0)

// Without its key: a later version that brought it along would take this row's place in the log, where no tab looks again.
function foldMessage(conversation: Conversation, { seq, ...row }: LogRow & MessageRow): void {
  const known = conversation.byId.get(row.id)
  if (!known) {
    putMessage(conversation, row, seq)
  } else if (known.row.updatedAt === row.updatedAt && known.row.json === row.json && known.row.part === row.part) {
    known.seq ??= seq
  } else {
    const merged = mergeVersions(known.row, row)
    if (merged !== known.row) putMessage(conversation, merged, merged === row ? seq : null)
  }
}

/** The server holds every row up to `upTo`. */
function foldDelivered(conversation: Conversation, upTo: number): void {
  const { dirty, messages, header, headerSeq, sentHeaders } = conversation
  for (const entry of dirty) {
    if (entry.seq !== null && entry.seq <= upTo && !entry.row.streaming) dirty.delete(entry)
  }
  const parts = new Set(messages.filter((entry) => !dirty.has(entry)).map(({ row }) => row.part))
  const last = Math.max(...parts)
  const sent = headerSeq !== null && headerSeq <= upTo ? header : null
  for (const part of parts) sentHeaders.set(part, { header: sent, continued: part < last })
}
