import type { Conversation } from '../conversation/conversation.ts'
import { tabSends, versionRecorded } from '../conversation/delivery.ts'
import { discardMarks } from '../conversation/discarding.ts'
import { mergeHeaders } from '../conversation/merge.ts'
import type { ConversationHeader, DeliveredRow, MessageRow, NewRow } from '../conversation/rows.ts'
import {
  isDiscarded,
  isShared,
  type MessageEntry,
  noteSave,
  putHeader,
  putMessage,
  wireIdOf,
} from '../conversation/transcript.ts'
import { lastOf, withPlaces } from '../lists.ts'
import type { Platform } from '../platform.ts'
import type { DurableLog } from './durable-log.ts'
import {
  deliveredRowSeen,
  headerChanged,
  headerSaved,
  historyKnown,
  messageSaved,
  ownRowSaved,
  rowsSaved,
  type StoredConversation,
  savingRows,
  takeDeliveredSeqs,
  takeHistory,
  takeOwnSeqs,
  takeUnsaved,
} from './log-position.ts'
import type { TabChannel } from './tab-channel.ts'
import type { TabLife } from './tab-life.ts'

/** Puts what this tab knows into memory and, at once, into the store. */
export interface Writer {
  saveMessage(conversation: StoredConversation, row: MessageRow): MessageEntry
  saveHeader(conversation: StoredConversation, header: ConversationHeader): void
  /** Puts what was said on another device. It isn't saved, or sent, before something new is. */
  noteHistory(conversation: StoredConversation, row: MessageRow): MessageEntry
  /**
   * Called before this tab sends, arms or hands over: should the tab end meanwhile, others must know that it may have
   * sent.
   */
  saveSending(conversation: StoredConversation): void
  /** The visitor removes the conversation: saves a mark in the place of what was said, and then deletes all of that. */
  saveDiscarded(conversation: StoredConversation): void
  /** Deletes the stored rows of messages that came to a removed conversation. */
  deleteRows(conversation: StoredConversation, entries: readonly MessageEntry[]): void
  /** Saves that the server holds everything that was read. */
  saveDelivered(conversation: StoredConversation): void
}

interface WriterParts {
  platform: Platform
  tabId: string
  log: DurableLog
  channel: TabChannel
  life: TabLife
}

export function createWriter({ platform, tabId, log, channel, life }: WriterParts): Writer {
  const append = (
    conversation: StoredConversation,
    rows: NewRow[],
    superseded: readonly number[],
    onSaved: (seqs: number[]) => void,
  ) => {
    const position = conversation.logPosition
    life.hold()
    savingRows(position)
    log.append(rows, superseded, (seqs) => {
      rowsSaved(position, seqs)
      onSaved(seqs)
      channel.post({ kind: 'rows', conversationId: conversation.id })
    })
  }

  const headerRows = (conversation: StoredConversation) => takeUnsavedRows(conversation, tabId, platform.now())

  const appendDelivered = (conversation: StoredConversation, upTo: number, onSaved: (seq: number) => void) => {
    const position = conversation.logPosition
    const superseded = upTo ? takeDeliveredSeqs(position) : []
    append(conversation, [deliveredRow(conversation, tabId, upTo, platform.now())], superseded, ([seq]) => {
      deliveredRowSeen(position, seq as number)
      onSaved(seq as number)
    })
  }

  const saveMessage: Writer['saveMessage'] = (conversation, row) => {
    for (const earlier of takeHistory(conversation.logPosition)) saveMessage(conversation, earlier.row)
    const entry = putMessage(conversation, row)
    noteSave(conversation, platform.elapsedMs())
    const { header, id, delivery, logPosition: position } = conversation
    versionRecorded(delivery, entry)
    messageSaved(entry, null)
    tabSends(delivery, row.tabId, Number.POSITIVE_INFINITY)
    const rows = [{ ...row, conversationId: id }, ...headerRows(conversation)]
    append(conversation, rows, takeOwnSeqs(entry), ([seq, headerSeq]) => {
      ownRowSaved(entry, seq as number)
      tabSends(delivery, row.tabId, seq as number)
      if (entry.row === row) messageSaved(entry, seq as number)
      if (headerSeq && conversation.header === header) headerSaved(position, headerSeq)
    })
    return entry
  }

  return {
    noteHistory(conversation, row) {
      const entry = putMessage(conversation, row)
      historyKnown(conversation.logPosition, [entry])
      return entry
    },
    saveMessage,
    saveHeader(conversation, header) {
      const position = conversation.logPosition
      putHeader(conversation, isDiscarded(conversation) ? mergeHeaders(conversation.header, header) : header)
      versionRecorded(conversation.delivery)
      headerChanged(position)
      // A conversation without a message is worth no row: its header goes into the store with the first message.
      if (position.loaded && conversation.messages.length === position.history.length) return
      const saved = conversation.header
      append(conversation, headerRows(conversation), [], ([seq]) => {
        if (conversation.header === saved) headerSaved(position, seq as number)
      })
    },
    saveSending(conversation) {
      const { delivery } = conversation
      if (delivery.underWay.has(tabId)) return
      tabSends(delivery, tabId, Number.POSITIVE_INFINITY)
      appendDelivered(conversation, 0, (seq) => tabSends(delivery, tabId, seq))
    },
    ...createDiscardWriter({ platform, tabId, log, append, headerRows }),
    saveDelivered(conversation) {
      appendDelivered(conversation, conversation.logPosition.readUpTo, () => {})
    },
  }
}

interface DiscardWriterParts extends Pick<WriterParts, 'platform' | 'tabId' | 'log'> {
  append(
    conversation: StoredConversation,
    rows: NewRow[],
    superseded: readonly number[],
    onSaved: (seqs: number[]) => void,
  ): void
  headerRows(conversation: StoredConversation): NewRow[]
}

/** Saves that a conversation is gone. */
function createDiscardWriter({ platform, tabId, log, append, headerRows }: DiscardWriterParts) {
  return {
    saveDiscarded(conversation: StoredConversation) {
      const { id, delivery, logPosition: position } = conversation
      // Newer than all that is known of it, though the clock may have jumped back: an older header would lose to
      // others.
      const header = { ...conversation.header, updatedAt: conversation.updatedAt + 1 }
      putHeader(conversation, header)
      const marks = discardMarks(conversation, tabId)
      const entries = marks.map((row) => putMessage(conversation, row))
      log.dropWaiting(id)
      headerChanged(position)
      tabSends(delivery, tabId, Number.POSITIVE_INFINITY)
      for (const entry of entries) versionRecorded(delivery, entry)
      const rows = [
        ...marks.map((row) => ({ ...row, conversationId: id })),
        ...headerRows(conversation),
        deliveredRow(conversation, tabId, 0, platform.now()),
      ]
      append(conversation, rows, [], (seqs) => {
        for (const [index, entry] of withPlaces(entries)) messageSaved(entry, seqs[index] as number)
        if (conversation.header === header) headerSaved(position, seqs[marks.length] as number)
        const last = lastOf(seqs) as number
        tabSends(delivery, tabId, last)
        deliveredRowSeen(position, last)
        // Content is deleted only once the mark is saved: a page that ends in between leaves the rest to the next page.
        if (position.loaded) void log.remove(id, (seqs[0] as number) - 1, null)
      })
    },
    deleteRows(conversation: StoredConversation, entries: readonly MessageEntry[]) {
      const seqs = entries.flatMap((entry) => [...takeOwnSeqs(entry), entry.seq ?? []].flat())
      if (seqs.length) append(conversation, [], seqs, () => {})
    },
  }
}

/**
 * The rows of the header and then of a new wire id, as far as they have to be saved; from now on they count as saved.
 */
function takeUnsavedRows(conversation: StoredConversation, tabId: string, endedAt: number): NewRow[] {
  const { header, id, suffix, continues, logPosition } = conversation
  const [headerUnsaved, suffixUnsaved] = takeUnsaved(logPosition)
  const rows: NewRow[] = headerUnsaved ? [{ kind: 'header', header, conversationId: id, tabId }] : []
  if (suffixUnsaved && continues) rows.push({ kind: 'ended', conversationId: id, tabId, suffix, continues, endedAt })
  return rows
}

function deliveredRow(conversation: Conversation, tabId: string, upTo: number, now: number): NewRow & DeliveredRow {
  const { id, delivery } = conversation
  // The clock may have jumped back: a time that lies ahead would keep delivered content on the machine until then.
  const activeAt = Math.min(conversation.activeAt, now)
  const underWay = [...delivery.underWay.keys()]
  return {
    kind: 'delivered',
    conversationId: id,
    tabId,
    upTo,
    underWay,
    activeAt,
    wireId: wireIdOf(conversation),
    unanswered: delivery.unanswered,
    ...(isDiscarded(conversation) && { discarded: true }),
    ...(isShared(conversation) && { shared: true }),
  }
}
