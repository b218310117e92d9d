import type { Context } from 'hono'
import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'
import type { FeedbackAnswer } from '../../contract/feedback.ts'
import { cleanText } from '../clean-json.ts'
import { listConversations } from '../conversations/read-conversations.ts'
import { chatlogProperties, linkClicksOf, pageUrlOf } from '../store/conversation-facets.ts'
import { textOf } from '../store/search-text.ts'
import type { ConversationFilter, Store } from '../store/store.ts'

/** Conversations read in one go. */
const pageSize = 100

/** How a selection is written to a file. */
export type ExportFormat = 'ndjson' | 'csv'

/** Which conversations of a project are exported, and in which format. */
type Selection = { projectId: string; filter: ConversationFilter; format: ExportFormat }

const mediaTypes = { ndjson: 'application/x-ndjson; charset=utf-8', csv: 'text/csv; charset=utf-8' }

/** The store that an export reads, and what breaks the connection off when that fails. */
type ExportSource = { store: Store; breakOff: (request: Request, error: unknown) => boolean }

/**
 * The whole selection as a download. It reads as fast as the reader takes it, so that memory holds one page. Where it
 * fails in the middle, it breaks off the connection; NDJSON also ends with a line of counts, by which a reader sees
 * other cuts.
 */
export function exportResponse(context: Context, { store, breakOff }: ExportSource, selection: Selection): Response {
  const { format } = selection
  const pages = exportPages(store, selection)
  const lines = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await pages.next()
        if (done) controller.close()
        else controller.enqueue(new TextEncoder().encode(value))
      } catch (error) {
        if (!breakOff(context.req.raw, error)) throw error
        controller.close()
      }
    },
  })
  return context.body(lines, 200, {
    'Content-Type': mediaTypes[format],
    'Content-Disposition': `attachment; filename="conversations.${format}"`,
  })
}

/** The file, a page of conversations at a time. */
async function* exportPages(store: Store, { projectId, filter, format }: Selection): AsyncGenerator<string, void> {
  const counts = { conversations: 0, messages: 0 }
  // Spreadsheets read a CSV without a byte order mark in the machine's own encoding.
  if (format === 'csv') yield `\uFEFF${csvLine(columns)}`
  let cursor: string | undefined
  do {
    const page = await listConversations(store, projectId, { limit: pageSize, cursor, filter })
    let text = ''
    for (const conversation of page.conversations) {
      counts.conversations += 1
      counts.messages += conversation.messages.length
      text +=
        format === 'csv'
          ? csvRows(conversation, (await store.findReactions(projectId, conversation.id)).feedback)
          : `${jsonLine(conversation)}\n`
    }
    yield text
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  if (format === 'ndjson') yield `${JSON.stringify({ exported: counts })}\n`
}

/** JSON in one line. Some programs also end lines at three signs that JSON leaves as they are: those are escaped. */
const jsonLine = (value: unknown) =>
  JSON.stringify(value).replace(
    /[\u0085\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const columns = [
  'conversationId',
  'conversationCreatedAt',
  'visitor',
  'identificationType',
  'page',
  'tags',
  'messageId',
  'createdAt',
  'role',
  'content',
  'status',
  'links',
  'clickedLinks',
  'feedback',
  'toolCalls',
]

/** One line for each message, with the fields of its conversation in each. */
function csvRows(conversation: StoredConversation, feedback: FeedbackAnswer[]): string {
  const { id, createdAt, userProperties, tags, messages } = conversation
  const shared = [
    id,
    createdAt,
    String(userProperties?.id ?? ''),
    userProperties?.identificationType ?? '',
    pageUrlOf(conversation) ?? '',
    (tags ?? []).join(' '),
  ]
  return messages
    .map((message) => {
      const given = feedback.filter(({ messageId }) => messageId === message.id)
      return csvLine([...shared, ...messageCells(message, given)])
    })
    .join('')
}

function messageCells(message: StoredMessage, given: FeedbackAnswer[]): string[] {
  const { status, feedback: noted } = chatlogProperties(message)
  // The script sends feedback in both ways, so the message's own says the same again.
  const feedback = given.length > 0 ? given.map(feedbackText) : [feedbackText(noted)]
  return [
    message.id,
    message.createdAt,
    message.role,
    textOf(message),
    typeof status === 'string' ? status : '',
    (message.links ?? []).map(({ url }) => url).join(' '),
    linkClicksOf(message)
      .map(({ url }) => url)
      .join(' '),
    feedback.filter(Boolean).join('\n'),
    (message.tool_calls ?? []).map(({ function: { name, arguments: given } }) => `${name} ${given}`).join('\n'),
  ]
}

/**
 * `negative: incomplete, which version?`; empty where it isn't feedback, as anybody with a WEB key may write anything.
 */
function feedbackText(feedback: unknown): string {
  if (typeof feedback !== 'object' || feedback === null || !('type' in feedback)) return ''
  if (feedback.type !== 'positive' && feedback.type !== 'negative') return ''
  const reasons: unknown[] = 'reasons' in feedback && Array.isArray(feedback.reasons) ? feedback.reasons : []
  const texts = reasons.map((reason) => {
    const { label, details } = { ...(reason as { label?: unknown; details?: unknown } | null) }
    return [label, details].filter((text) => typeof text === 'string' && text !== '').join(', ')
  })
  return [feedback.type, ...texts.filter(Boolean)].join(': ')
}

const csvLine = (cells: string[]) => `${cells.map(csvCell).join(',')}\r\n`

/** Characters of a cell that spreadsheets keep at most, in UTF-16 units. */
const maxCellLength = 32_767

/** The beginning of a text that is too long for a cell, with an ellipsis; never half of a character. */
function withinCell(text: string): string {
  if (text.length <= maxCellLength) return text
  return `${cleanText(text.slice(0, maxCellLength - 1)).replace(/\uFFFD$/, '')}…`
}

/** Characters that begin a formula, in ASCII and in the full-width form, which spreadsheets read alike. */
const formulaStarts = new Set('=+-@＝＋－＠')

/** Characters at which a spreadsheet may cut a cell: its separator, and line ends. */
const cellEnds = new Set(';\t\r\n')

/** Whether a spreadsheet skips this character before a formula: white space and quotation marks. */
const isSkipped = (character: string) => character === '"' || character.trim() === ''

/**
 * A cell that no spreadsheet runs: it puts an apostrophe before what would begin a formula. NDJSON keeps the text to
 * the letter.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvCell(text: string): string {
  const harmless = withinCell(withoutFormulas(text))
  return /[",\r\n;\t]|^\s|\s$|^'/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/**
 * Puts an apostrophe before what begins a formula, also inside the text: a spreadsheet whose separator is `;` or a tab
 * cuts there and at line ends, and heeds no quotation mark that doesn't begin a cell. One walk over the text: a pattern
 * that looks ahead from each white space takes half a minute for 40,000 of them.
 */
function withoutFormulas(text: string): string {
  let harmless = ''
  let isAtStart = true
  for (const character of text) {
    if (isAtStart && formulaStarts.has(character)) harmless += "'"
    isAtStart = cellEnds.has(character) || (isAtStart && isSkipped(character))
    harmless += character
  }
  return harmless
}
