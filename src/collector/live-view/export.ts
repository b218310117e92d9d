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

/** What is exported of a project, and how. */
type Selection = { projectId: string; filter: ConversationFilter; format: ExportFormat }

const mediaTypes = { ndjson: 'application/x-ndjson; charset=utf-8', csv: 'text/csv; charset=utf-8' }

/** Where an export comes from, and what ends it when that fails. */
type ExportSource = { store: Store; breakOff: (request: Request, error: unknown) => boolean }

/**
 * The whole selection as a download, read as fast as it is taken: memory holds one page of it. One that fails in the
 * middle is broken off with its connection; NDJSON also ends with a line of counts, so that what was cut elsewhere shows.
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

/** JSON on what every program takes for one line: some end lines at these three, which JSON lets stand. */
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

/** One line a message; every line says whose conversation it is of. */
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
  // The page's script says in both ways what it noted: the message's own is the same.
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

/** `negative: incomplete, which version?`; empty where it isn't feedback: anybody with a WEB key writes these. */
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

/** What begins a formula, in the ASCII and in the full-width form that spreadsheets read alike. */
const formulaStarts = new Set('=+-@＝＋－＠')

/** What a spreadsheet may cut a cell at: its separator, and line ends. */
const cellEnds = new Set(';\t\r\n')

/** What may stand before a formula's first character: spreadsheets skip white space and quotation marks. */
const isSkipped = (character: string) => character === '"' || character.trim() === ''

/**
 * A cell that no spreadsheet runs: what would begin a formula gets an apostrophe before it. The other export is the one
 * that is the same to the letter.
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
