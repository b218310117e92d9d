import { deliveredElsewhere, leftUnanswered, recorded, tabIsDone, tabSends } from '../conversation/delivery.ts'
import { mergeHeaders } from '../conversation/merge.ts'
import { type DeliveredRow, type EndedRow, type LogRow, type MessageRow, underWayOf } from '../conversation/rows.ts'
import { findMessage, goOnUnder, isSameVersion, mergeMessage, putHeader } from '../conversation/transcript.ts'
import {
  deliveredRowSeen,
  headerSaved,
  messageSaved,
  rowRead,
  rowsPurged,
  type StoredConversation,
  tabDelivered,
} from './log-position.ts'

/**
 * Folds rows, oldest first, into the conversation: messages merge by id, the newer version wins, link clicks merge as a
 * set. Rows that were read before change nothing, nor does what this tab itself has written: memory knows more. Corrupt
 * ones are left where they are.
 */
export function foldRows(
  conversation: StoredConversation,
  rows: readonly LogRow[],
  ownTabId: string,
  onCorrupt: (row: LogRow) => void,
): void {
  for (const row of rows) {
    // What waits to be saved has no number yet.
    if (row.seq) {
      if (row.seq <= conversation.log.readUpTo) continue
      rowRead(conversation.log, row.seq)
    }
    if (!isSound(row)) onCorrupt(row)
    else if (row.kind === 'message' || row.tabId !== ownTabId) foldRow(conversation, row, ownTabId)
  }
}

/** Whether a row is one of ours, as far as that can be seen without parsing megabytes of messages at each start. */
function isSound(row: LogRow): boolean {
  if (row.kind === 'message')
    return /^"(.*,")?role":.*\}$/s.test(row.json) && row.order > 0 && row.updatedAt > 0 && row.bytes > 0
  if (row.kind === 'header') return typeof row.header?.userProperties === 'object' && !!row.header.chatlog?.visitorId
  return /^(delivered|ended|armed)$/.test(row.kind)
}

function foldRow(conversation: StoredConversation, row: LogRow, ownTabId: string): void {
  const { delivery, log, header } = conversation
  if (row.kind === 'message') {
    if (row.tabId !== ownTabId) tabSends(delivery, row.tabId, row.seq)
    foldMessage(conversation, row)
  } else if (row.kind === 'header') {
    const merged = mergeHeaders(header, row.header)
    if (merged === header) return
    putHeader(conversation, merged)
    headerSaved(log, row.seq)
    recorded(delivery)
  } else if (row.kind === 'ended') {
    foldEnd(conversation, row)
  } else {
    if (row.seq) deliveredRowSeen(log, row.seq)
    foldUnderWay(conversation, row, ownTabId)
    if (row.unanswered) leftUnanswered(delivery)
    if (row.upTo) foldDelivered(conversation, row)
  }
}

// Without its key: a later version that brought it along would take this row's place in the log, where no tab looks again.
function foldMessage(conversation: StoredConversation, { seq, ...row }: LogRow & MessageRow): void {
  const before = findMessage(conversation, row.id)?.row
  const entry = mergeMessage(conversation, row)
  if (entry.row !== before) {
    recorded(conversation.delivery, entry)
    messageSaved(entry, (entry.row === row && seq) || null)
  } else if (seq && entry.seq === null && isSameVersion(before, row)) {
    messageSaved(entry, seq)
  }
}

/** Tabs that the row names may have something under way. The others, as far as its writer had read, have not. */
function foldUnderWay({ delivery }: StoredConversation, row: LogRow & DeliveredRow, ownTabId: string): void {
  const { underWay } = delivery
  const named = underWayOf(row, underWay.keys())
  for (const [tabId, seq] of underWay) {
    if (!named.includes(tabId) && (seq <= row.upTo || tabId === row.tabId)) tabIsDone(delivery, tabId)
  }
  for (const tabId of named) if (tabId !== ownTabId && !underWay.has(tabId)) tabSends(delivery, tabId, row.seq)
}

/** The server holds every row up to `upTo`. */
function foldDelivered(conversation: StoredConversation, { seq, upTo }: LogRow & DeliveredRow): void {
  const { delivery, log, header } = conversation
  const holds = (saved: number | null) => saved !== null && saved <= upTo
  tabDelivered(log, seq)
  deliveredElsewhere(delivery, conversation, (entry) => holds(entry.seq), holds(log.headerSeq) ? header : null)
}

/** Its content was deleted: what this tab holds of it is not all there was. Read at the start, it goes on from there. */
function foldEnd(conversation: StoredConversation, { suffix, continues }: EndedRow): void {
  if (suffix === conversation.suffix) return
  if (conversation.log.loaded) rowsPurged(conversation.log)
  else goOnUnder(conversation, suffix, continues)
}
