import type { Context } from 'hono'
import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'
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

/** The whole selection as a download, read as fast as it is taken: memory holds one page of it. */
export function exportResponse(context: Context, store: Store, { projectId, filter, format }: Selection): Response {
  const rows = format === 'csv' ? csvRows : (conversation: StoredConversation) => `${JSON.stringify(conversation)}\n`
  let cursor: string | undefined
  let isFirst = true
  const lines = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const page = await listConversations(store, projectId, { limit: pageSize, cursor, filter })
      // Spreadsheets read a CSV without a byte order mark in the machine's own encoding.
      const head = isFirst && format === 'csv' ? `\uFEFF${csvLine(columns)}` : ''
      isFirst = false
      controller.enqueue(new TextEncoder().encode(head + page.conversations.map(rows).join('')))
      if (page.nextCursor === null) controller.close()
      else cursor = page.nextCursor
    },
  })
  return context.body(lines, 200, {
    'Content-Type': mediaTypes[format],
    'Content-Disposition': `attachment; filename="conversations.${format}"`,
  })
}

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
]

/** One line a message; every line says whose conversation it is of. */
function csvRows(conversation: StoredConversation): string {
  const { id, createdAt, userProperties, tags, messages } = conversation
  const shared = [
    id,
    createdAt,
    String(userProperties?.id ?? ''),
    userProperties?.identificationType ?? '',
    pageUrlOf(conversation) ?? '',
    (tags ?? []).join(' '),
  ]
  return messages.map((message) => csvLine([...shared, ...messageCells(message)])).join('')
}

function messageCells(message: StoredMessage): string[] {
  const { status } = chatlogProperties(message)
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
  ]
}

const csvLine = (cells: string[]) => `${cells.map(csvCell).join(',')}\r\n`

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
  const harmless = withoutFormulas(text)
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
