import { deliveredElsewhere, leftUnanswered, tabIsDone, tabSends, versionRecorded } from '../conversation/delivery.ts'
import { mergeHeaders } from '../conversation/merge.ts'
import { type DeliveredRow, type EndedRow, type LogRow, type MessageRow, underWayOf } from '../conversation/rows.ts'
import { findMessage, goOnUnder, isSameVersion, isShared, mergeMessage, putHeader } from '../conversation/transcript.ts'
import {
  deliveredRowSeen,
  headerChanged,
  headerSaved,
  historyKnown,
  messageSaved,
  rowRead,
  rowsPurged,
  type StoredConversation,
  tabDelivered,
} from './log-position.ts'

/**
 * Folds rows, oldest first, into the conversation: messages merge by id, the newer version wins, link clicks merge as a
 * set. Rows that were read before change nothing, and neither do this tab's own, of which memory knows more. Corrupt
 * rows stay where they are.
 */
export function foldRows(
  conversation: StoredConversation,
  rows: readonly LogRow[],
  ownTabId: string,
  onCorrupt: (row: LogRow) => void,
): void {
  for (const row of rows) {
    // A row that waits to be saved has no number yet, so it can't be told whether it was read.
    if (row.seq) {
      if (row.seq <= conversation.logPosition.readUpTo) continue
      rowRead(conversation.logPosition, row.seq)
    }
    if (!isSound(row)) onCorrupt(row)
    else if (row.kind === 'message' || row.tabId !== ownTabId) foldRow(conversation, row, ownTabId)
  }
}

/** Whether a row looks like one of ours: parsing megabytes of messages at each start would be a long task. */
function isSound(row: LogRow): boolean {
  if (row.kind === 'message')
    return /^"(.*,")?role":.*\}$/s.test(row.json) && row.order > 0 && row.updatedAt > 0 && row.bytes > 0
  if (row.kind === 'header') return typeof row.header?.userProperties === 'object' && !!row.header.chatlog?.visitorId
  return /^(delivered|ended|armed)$/.test(row.kind)
}

function foldRow(conversation: StoredConversation, row: LogRow, ownTabId: string): void {
  const { delivery, logPosition, header } = conversation
  if (row.kind === 'message') {
    if (row.tabId !== ownTabId) tabSends(delivery, row.tabId, row.seq)
    foldMessage(conversation, row)
  } else if (row.kind === 'header') {
    const merged = mergeHeaders(header, row.header)
    if (merged === header) return
    putHeader(conversation, merged)
    headerSaved(logPosition, row.seq)
    versionRecorded(delivery)
  } else if (row.kind === 'ended') {
    foldEnd(conversation, row)
  } else {
    if (row.seq) deliveredRowSeen(logPosition, row.seq)
    foldUnderWay(conversation, row, ownTabId)
    if (row.unanswered) leftUnanswered(delivery)
    if (row.upTo) foldDelivered(conversation, row)
  }
}

// The row in memory goes without its `seq`: put with that key, its next version would replace the row in the log, in a
// place that other tabs have read already.
function foldMessage(conversation: StoredConversation, { seq, ...row }: LogRow & MessageRow): void {
  const before = findMessage(conversation, row.id)?.row
  const entry = mergeMessage(conversation, row)
  if (entry.row !== before) {
    versionRecorded(conversation.delivery, entry)
    messageSaved(entry, (entry.row === row && seq) || null)
  } else if (seq && entry.seq === null && isSameVersion(before, row)) {
    messageSaved(entry, seq)
  }
}

/** Tabs that the row names may have a request under way. Others, as far as the row's writer had read, have none. */
function foldUnderWay({ delivery }: StoredConversation, row: LogRow & DeliveredRow, ownTabId: string): void {
  const { underWay } = delivery
  const named = underWayOf(row, underWay.keys())
  for (const [tabId, seq] of underWay) {
    if (!named.includes(tabId) && (seq <= row.upTo || tabId === row.tabId)) tabIsDone(delivery, tabId)
  }
  for (const tabId of named) if (tabId !== ownTabId && !underWay.has(tabId)) tabSends(delivery, tabId, row.seq)
}

/** The row says that the server holds every row up to `upTo`. */
function foldDelivered(conversation: StoredConversation, { seq, upTo }: LogRow & DeliveredRow): void {
  const { delivery, logPosition, header } = conversation
  const holds = (saved: number | null) => saved !== null && saved <= upTo
  tabDelivered(logPosition, seq)
  deliveredElsewhere(delivery, conversation, (entry) => holds(entry.seq), holds(logPosition.headerSeq) ? header : null)
}

/**
 * Another tab, or an earlier page, has deleted the content. A tab that has it in memory adds nothing more to it; a tab
 * that opens it now records under a new id, since it doesn't know the whole.
 */
function foldEnd(conversation: StoredConversation, { suffix, continues }: EndedRow): void {
  if (suffix === conversation.suffix) return
  if (isShared(conversation)) {
    // What this tab still knows of it is stored anew with the next message.
    headerChanged(conversation.logPosition)
    historyKnown(conversation.logPosition, conversation.messages)
  } else if (conversation.logPosition.loaded) rowsPurged(conversation.logPosition)
  else goOnUnder(conversation, suffix, continues)
}
