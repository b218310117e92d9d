import type { StoredConversation, StoredMessage } from '../contract/answer.ts'
import { type Difference, differencesOf, isLike, shown } from './likeness.ts'

/** A message as a test expects it: `'user: Hi'`, or the fields that matter. */
export type ExpectedMessage = string | { [Field in keyof StoredMessage]?: unknown }

/** Characters of a column. */
const columnWidth = 44

/** `'user: Hi'` as fields; fields as they are. */
export function fieldsOf(expected: ExpectedMessage): { [Field in keyof StoredMessage]?: unknown } {
  if (typeof expected !== 'string') return expected
  const colon = expected.indexOf(': ')
  if (colon < 0) return { role: expected.replace(/:$/, ''), content: '' }
  return { role: expected.slice(0, colon), content: expected.slice(colon + 2) }
}

/** `user: Hi`: who said it, and what, in one line. A picture is `[image]`. */
export function lineOf({ role, content }: { role?: unknown; content?: unknown }): string {
  if (role === undefined && content === undefined) return '(any message)'
  return `${role === undefined ? '*' : wordOf(role)}: ${content === undefined ? '*' : textOf(content)}`.replace(
    /\n+/g,
    ' ↵ ',
  )
}

const wordOf = (value: unknown): string => (typeof value === 'string' ? value : shown(value))

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return wordOf(content ?? '')
  return content.map((part) => (part?.type === 'text' ? wordOf(part.text) : '[image]')).join(' ')
}

/** The messages of conversations, one a line, for a person: at most 12 lines each. */
export function transcriptLines(conversations: readonly StoredConversation[]): string[] {
  return conversations.flatMap(({ id, messages }, index) => {
    const lines = messages.map((message) => `     ${fitted(lineOf(message), 0, 100)}`)
    const more = lines.length > 12 ? [`     … and ${lines.length - 12} more`] : []
    return [
      `  ${index + 1}. conversation ${id}, ${counted(messages.length, 'message')}`,
      ...lines.slice(0, 12),
      ...more,
    ]
  })
}

/** `1 message`, `2 messages`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** What is expected and what is stored, on one row where they are the same message. */
type Row = { expected?: ExpectedMessage; stored?: StoredMessage; differences: Difference[] }

/**
 * Expected and stored messages beside each other, `role: text` in each column; rows that differ are marked, and named
 * field by field where the text alone doesn't say why. `null` where nothing differs.
 */
export function sideBySide(stored: readonly StoredMessage[], expected: readonly ExpectedMessage[]): string | null {
  const rows = rowsOf(stored, expected)
  if (rows.every(({ differences }) => !differences.length)) return null
  const lines = rows.flatMap((row, index) => rowLines(row, index))
  const head = `    ${'expected'.padEnd(columnWidth)}   stored`
  return [head, ...lines].join('\n')
}

function rowLines({ expected, stored, differences }: Row, index: number): string[] {
  const left = expected === undefined ? '' : lineOf(fieldsOf(expected))
  const right = stored === undefined ? '' : lineOf(stored)
  const from = left && right && differences.length ? firstDifference(left, right) : 0
  const columns = [left || '(no such message expected)', right || '(not stored)']
  const [one, other] = columns.map((text) => fitted(text, from, columnWidth)) as [string, string]
  const mark = differences.length ? '✗' : ' '
  const line = `${mark} ${`${index + 1}`.padStart(2)} ${one.padEnd(columnWidth - 1)} | ${other}`
  return [line, ...(expected !== undefined && stored ? differences.flatMap(fieldLine) : [])]
}

/** Role and text stand in the columns; every other field gets a line of its own. */
function fieldLine({ path, expected, received }: Difference): string[] {
  if (path === 'role' || (path === 'content' && typeof received === 'string')) return []
  return [`     ${path}: expected ${shown(expected)}, stored ${shown(received)}`]
}

function firstDifference(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  return at
}

/** A column's text: where it is too long, the part around what differs. */
function fitted(text: string, around: number, width: number): string {
  if (text.length < width) return text
  const start = around < width - 12 ? 0 : around - 12
  const piece = `${start ? '…' : ''}${text.slice(start)}`
  return piece.length < width ? piece : `${piece.slice(0, width - 2)}…`
}

/** Aligned so that a message that is missing, or is too many, is one row, not a difference of all that follow. */
function rowsOf(stored: readonly StoredMessage[], expected: readonly ExpectedMessage[]): Row[] {
  const fields = expected.map(fieldsOf)
  const unlike = fields.map((each) => stored.map((message) => differencesOf(message, each)))
  const pairs = alignedPairs(expected.length, stored.length, (row, column) =>
    unlike[row]?.[column]?.length ? nearness(fields[row] ?? {}, stored[column] as StoredMessage) : 1,
  )
  const rows: Row[] = []
  let [row, column] = [0, 0]
  const add = (hasExpected: boolean, hasStored: boolean) => {
    const differences = (hasExpected && hasStored && unlike[row]?.[column]) || missing
    rows.push({
      ...(hasExpected && { expected: expected[row] as ExpectedMessage }),
      ...(hasStored && { stored: stored[column] as StoredMessage }),
      differences,
    })
    if (hasExpected) row += 1
    if (hasStored) column += 1
  }
  for (const [nextRow, nextColumn] of [...pairs, [expected.length, stored.length] as const]) {
    // Between two that belong together: beside each other, as far as both go.
    while (row < nextRow || column < nextColumn) add(row < nextRow, column < nextColumn)
    if (row < expected.length && column < stored.length) add(true, true)
  }
  return rows
}

const missing: Difference[] = [{ path: '', expected: undefined, received: undefined }]

/** How likely a stored message is the expected one, though it differs: 0 where its role is another. */
function nearness({ role, content }: { role?: unknown; content?: unknown }, stored: StoredMessage): number {
  if (role !== undefined && !isLike(stored.role, role)) return 0
  if (content === undefined || isLike(stored.content, content)) return 0.6
  const [one, other] = [textOf(content), textOf(stored.content)]
  return firstDifference(one, other) * 2 > Math.min(one.length, other.length) ? 0.5 : 0
}

/** The pairs whose likeness, from 0 to 1 each, adds up to most, in the order of both; each place at most once. */
function alignedPairs(rows: number, columns: number, likeness: (row: number, column: number) => number) {
  const sums = Array.from({ length: rows + 1 }, () => new Array<number>(columns + 1).fill(0))
  const sumAt = (row: number, column: number) => sums[row]?.[column] ?? 0
  const paired = (row: number, column: number) => {
    const each = likeness(row, column)
    return each ? each + sumAt(row + 1, column + 1) : 0
  }
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      const best = Math.max(paired(row, column), sumAt(row + 1, column), sumAt(row, column + 1))
      ;(sums[row] as number[])[column] = best
    }
  }
  const pairs: [row: number, column: number][] = []
  for (let row = 0, column = 0; row < rows && column < columns; ) {
    const best = sumAt(row, column)
    if (best && paired(row, column) === best) pairs.push([row++, column++])
    else if (sumAt(row + 1, column) === best) row += 1
    else column += 1
  }
  return pairs
}
