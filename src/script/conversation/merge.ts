import { toJson } from '../json.ts'
import { fromRowJson, messageJson, shareOf, toRowJson, withMarks } from './message.ts'
import type { ConversationHeader, LinkClick, MessageRow } from './rows.ts'

/** The row with other content. */
export const withJson = (row: MessageRow, json: string): MessageRow => ({
  ...row,
  json,
  bytes: shareOf(messageJson(row.id, json)),
})

/** The newer of two versions in the place of the first, with the link clicks and the feedback of both. */
export function mergeVersions(known: MessageRow, read: MessageRow): MessageRow {
  const isNewer = read.updatedAt - known.updatedAt || Number(known.streaming) - Number(read.streaming)
  const [older, newest] = isNewer > 0 ? [known, read] : [read, known]
  // A place that was given with the earlier messages known counts before one that was given without; else the earlier
  // one.
  const isNewest = !older.part === !newest.part ? newest.order <= older.order : newest.part > 0
  const newer = isNewest ? newest : { ...newest, order: older.order, part: older.part }
  if (!/"(linkClicks|feedback)":/.test(older.json)) return newer
  const message = fromRowJson(newer.json)
  const before = fromRowJson(older.json)?.properties?.chatlog ?? {}
  const marks = message?.properties?.chatlog ?? {}
  const clicks = marks.linkClicks ?? []
  const missing = missingClicks(before.linkClicks, clicks)
  const isWhole = !missing.length && (marks.feedback || !before.feedback)
  if (!message || isWhole) return newer
  const merged = withMarks(message, { ...before, ...marks, linkClicks: [...clicks, ...missing] })
  return { ...withJson(newer, toRowJson(merged)), updatedAt: newer.updatedAt + 1 }
}

/** The newer of two headers, with the link clicks of both: two tabs may have heard one each. */
export function mergeHeaders(known: ConversationHeader, read: ConversationHeader): ConversationHeader {
  const [older, newer] = read.updatedAt < known.updatedAt ? [read, known] : [known, read]
  const { discardedAt } = older.chatlog
  if (discardedAt) return newer.chatlog.discardedAt ? newer : discardedHeader(newer, discardedAt)
  const { linkClicks = [], ...chatlog } = newer.chatlog
  const missing = missingClicks(older.chatlog.linkClicks, linkClicks)
  if (!missing.length) return newer
  return { ...newer, chatlog: { ...chatlog, linkClicks: [...linkClicks, ...missing] }, updatedAt: newer.updatedAt + 1 }
}

/** What is left of a conversation that the visitor removed: whose it was, and that it is gone. */
export const discardedHeader = (header: ConversationHeader, discardedAt: string): ConversationHeader => ({
  ...header,
  properties: {},
  tags: [],
  chatlog: {
    visitorId: header.chatlog.visitorId,
    discardedAt,
    ...(header.chatlog.shared && { shared: true }),
  },
  // It stays 0 while the stored header isn't read, so that the stored one still wins.
  updatedAt: header.updatedAt && header.updatedAt + 1,
})

const missingClicks = (older: LinkClick[] = [], newer: LinkClick[]): LinkClick[] =>
  older.filter((click) => !newer.some((other) => toJson(other) === toJson(click)))
