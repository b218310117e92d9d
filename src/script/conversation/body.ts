import { maxBodyBytes, maxKeepaliveBytes, reservedBodyBytes } from '../../contract/limits.ts'
import { toJson, utf8Bytes } from '../json.ts'
import { findLast } from '../lists.ts'
import type { BodyPiece, Platform } from '../platform.ts'
import type { Conversation } from './conversation.ts'
import { dirtyParts, type FrozenPiece, pieceFrozen, type SentBody } from './delivery.ts'
import { fromRowJson, messageJson, shareOf, toRowJson, withMarks } from './message.ts'
import type { MessageRow } from './rows.ts'
import { lastPartOf, wireIdOf } from './transcript.ts'

/** Hands text over to the browser. */
type Freeze = Platform['freeze']

/** How many finished messages of a long body go to the browser as one piece, which is then never made again. */
const messagesAPiece = 32

/** How many pieces are made before the page gets a turn. */
const piecesATime = 4

/** Room that is kept for a header, in bytes, where counting it costs more than it spares. */
const headerBytes = 2_000

/** A request body, and what it holds of the conversation, so that an answer tells what was delivered. */
export interface ConversationBody extends SentBody {
  /** Its JSON, to be joined. */
  pieces: BodyPiece[]
  /** UTF-8 bytes of the joined pieces. */
  bytes: number
}

/** Which messages go into a body; `bodyOf` says which. */
export type BodyScope = 'settled' | 'everything' | 'undelivered'

/**
 * The upsert of one part.
 *
 * @param scope `settled`: all but streaming messages; `everything`: those that this tab receives too, as far as they
 *   have come; `undelivered`: for our own collector, which merges, only what it hasn't got
 * @returns `null` where there is no message to send
 */
export function bodyOf(
  conversation: Conversation,
  part: number,
  scope: BodyScope,
  freeze: Freeze,
): ConversationBody | null {
  const entries = conversation.messages.filter(
    (entry) =>
      entry.row.part === part &&
      (!entry.row.streaming || (scope !== 'settled' && entry.draft)) &&
      (scope !== 'undelivered' || conversation.delivery.dirty.has(entry)),
  )
  if (!entries.length) return null
  const continued = part < lastPartOf(conversation)
  const start = `${headerJson(conversation, part, continued).slice(0, -1)},"messages":[`
  const rows = new Map(entries.map((entry) => [entry, entry.row]))
  const messages = messagePieces(conversation, part, [...rows.values()], freeze)
  const bytes = messages.reduce((sum, piece) => sum + piece.bytes + 1, utf8Bytes(start) + 1)
  const pieces = [start, ...messages.flatMap(({ text }, index) => (index ? [',', text] : [text])), ']}']
  return { pieces, bytes, part, rows, header: conversation.header, continued }
}

/**
 * The messages in pieces. In a long part the browser keeps whole pieces, so that an old message costs nothing again.
 */
function messagePieces(conversation: Conversation, part: number, all: MessageRow[], freeze: Freeze): FrozenPiece[] {
  const mayFreeze = isLong(conversation, part)
  return groupsOf(all).map((rows) => pieceOf(conversation, rows, mayFreeze, freeze))
}

const isLong = ({ partBytes }: Conversation, part: number): boolean => (partBytes[part] ?? 0) > maxKeepaliveBytes

function groupsOf(rows: MessageRow[]): MessageRow[][] {
  const groups: MessageRow[][] = []
  for (let from = 0; from < rows.length; from += messagesAPiece) groups.push(rows.slice(from, from + messagesAPiece))
  return groups
}

function pieceOf(
  { suffix, delivery }: Conversation,
  rows: MessageRow[],
  mayFreeze: boolean,
  freeze: Freeze,
): FrozenPiece {
  const first = rows[0] as MessageRow
  const known = delivery.frozen.get(first)
  if (
    known?.suffix === suffix &&
    known.rows.length === rows.length &&
    rows.every((row, at) => known.rows[at] === row)
  ) {
    return known
  }
  const jsons = rows.map((row) => messageJson(row.id + suffix, row.streaming ? interruptedJson(row) : row.json))
  const text = jsons.join()
  const freezes = mayFreeze && rows.length === messagesAPiece
  const piece = { rows, suffix, bytes: utf8Bytes(text), text: freezes ? freeze(text) : text }
  if (freezes) pieceFrozen(delivery, first, piece)
  return piece
}

/**
 * Hands the finished pieces of a long part to the browser, a few at a time: after a reload, all at once would be one
 * long task at the first send.
 *
 * @param pause lets the page do something else
 */
export async function freezeAhead(
  conversation: Conversation,
  part: number,
  freeze: Freeze,
  pause: () => Promise<void>,
): Promise<void> {
  if (!isLong(conversation, part)) return
  const { messages, delivery } = conversation
  const rows = messages.map(({ row }) => row).filter((row) => row.part === part && !row.streaming)
  let made = 0
  for (const group of groupsOf(rows)) {
    const known = delivery.frozen.get(group[0] as MessageRow)
    if (known === pieceOf(conversation, group, true, freeze) || ++made % piecesATime) continue
    await pause()
  }
}

/**
 * The bodies that a page hands over as it goes, one a part: the whole part; where that is too large for a last request
 * and the endpoint merges, only what the endpoint hasn't got.
 *
 * @param smallOnly leaves out parts that are too large for a last request, where the endpoint doesn't merge
 */
export function endingBodies(
  conversation: Conversation,
  merges: boolean,
  smallOnly: boolean,
  freeze: Freeze,
): ConversationBody[] {
  return dirtyParts(conversation, true).flatMap((part) => {
    const small = (conversation.partBytes[part] ?? 0) < maxKeepaliveBytes - headerBytes
    if (smallOnly && !small && !merges) return []
    return bodyOf(conversation, part, small || !merges ? 'everything' : 'undelivered', freeze) ?? []
  })
}

/** The JSON of a streaming answer whose page is gone: what had come of it, marked `interrupted`. */
export function interruptedJson(row: MessageRow): string {
  const message = fromRowJson(row.json)
  return message ? toRowJson(withMarks(message, { status: 'interrupted' })) : row.json
}

function headerJson(conversation: Conversation, part: number, continued: boolean): string {
  const { externalId, createdAt, userProperties, properties, tags, visibility, chatlog } = conversation.header
  const continues = part > 1 ? wireIdOf(conversation, part - 1) : conversation.continues
  return toJson({
    id: wireIdOf(conversation, part),
    externalId: externalId ?? undefined,
    type: 'openai',
    createdAt,
    updatedAt: new Date(conversation.updatedAt),
    userProperties,
    properties: {
      ...properties,
      chatlog: {
        ...chatlog,
        part: part > 1 || continued ? part : undefined,
        continues: continues ?? undefined,
        continuedIn: continued ? wireIdOf(conversation, part + 1) : undefined,
      },
    },
    tags: tags.length ? tags : undefined,
    visibility: visibility ?? undefined,
  }) as string
}

/** Bytes that the messages of one part may have together, commas included. */
export const partBudgetBytes = (conversation: Conversation): number =>
  // Counted with a header as long as any part's can be, with a link to the part before and one to the part after.
  maxBodyBytes - reservedBodyBytes - shareOf(headerJson(conversation, 999, true)) - '"messages":[],'.length

/** The part that a message of this many bytes goes into: the last one; where that is full, the next. */
export function partFor(conversation: Conversation, bytes: number): number {
  const part = lastPartOf(conversation)
  const used = conversation.partBytes[part] ?? 0
  // Most conversations never come near the limit: the exact budget is only counted where it matters.
  const fits = used === 0 || used + bytes < maxBodyBytes / 2 || used + bytes < partBudgetBytes(conversation)
  return fits ? part : part + 1
}

/** Two tabs' messages that are at most so many milliseconds apart may have been written in either order. */
const hearingMs = 1_000

/**
 * Puts a message that was recorded before the earlier ones were read into the last part.
 *
 * @param own this tab recorded it, so it stands behind them; another tab's does only where it seems a second or more
 *   older
 */
export function inItsPart(conversation: Conversation, row: MessageRow, own: boolean): MessageRow {
  const before = findLast(conversation.messages, (other) => other.row.part)?.row.order ?? 0
  const placed = { ...row, part: partFor(conversation, row.bytes) }
  // The clock has jumped back: by its time, the message would stand before those that were there when it was recorded.
  return before >= row.order + (own ? 0 : hearingMs)
    ? { ...placed, order: before + 1, updatedAt: row.updatedAt + 1 }
    : placed
}

/** Whether a body that was sent holds everything that another one holds. */
export const holdsAll = (sent: ConversationBody | null | undefined, { header, rows }: ConversationBody): boolean =>
  sent?.header === header && [...rows].every(([entry, row]) => sent.rows.get(entry) === row)
