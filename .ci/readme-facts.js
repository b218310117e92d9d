// The numbers in the README that come from elsewhere: what was measured stands in docs/evidence/performance.md and
// docs/reference.md, and the size is that of the built script.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'

const pathOf = (/** @type {string} */ name) => fileURLToPath(new URL(`../${name}`, import.meta.url))
const read = (/** @type {string} */ name) => readFileSync(pathOf(name), 'utf8')

/** Writes the numbers into the README. A script that isn't built keeps the size that the README states. */
export function stateFacts() {
  const before = read('README.md')
  const after = withFacts(before, {
    bytes: existsSync(pathOf('dist/chatlog.js')) ? builtBytes() : statedBytes(before),
    performance: read('docs/evidence/performance.md'),
    reference: read('docs/reference.md'),
  })
  if (after === before) return
  writeFileSync(pathOf('README.md'), after)
  console.log('README.md now states the numbers of the build and of what was measured')
}

/** @param {string} readme */
export const statedBytes = (readme) => Number(/^\| chatlog +\| ([\d,]+) /m.exec(readme)?.[1]?.replaceAll(',', ''))

/**
 * The README with the numbers of these documents.
 *
 * @param {string} readme
 * @param {{ bytes: number, performance: string, reference: string }} facts `bytes` of chatlog.js, brotli
 * @returns {string}
 */
export function withFacts(readme, { bytes, performance, reference }) {
  const faults = rowsOf(reference, 'after the next visit')
  const fewest = Math.min(...faults.map((row) => Number.parseInt(row['after the next visit'] ?? '', 10)))
  const promises = sumOf(rowsOf(reference, 'promises'), 'promises')
  const [, day = ''] = /`npm run bench` on (\S+):/.exec(performance) ?? []
  return readme
    .replace(
      /in \d+ kinds of faults, \d+ of 10 messages were stored in each of [\d,]+ runs/,
      `in ${faults.length} kinds of faults, ${fewest} of 10 messages were stored in each of ${sumOf(faults, 'runs')} runs`,
    )
    .replace(/keep all \d+ promises/, `keep all ${promises} promises`)
    .replace(/measured on [\d-]+/, `measured on ${day}`)
    .replace(/^\| library .*\n(\|.*\n)+/m, costs(bytes, performance))
}

/**
 * @param {number} bytes
 * @param {string} performance
 */
function costs(bytes, performance) {
  const sizes = 'bytes, brotli at its highest quality'
  const messages = rowsOf(performance, 'the first message of a visit')
  const median = (/** @type {string | undefined} */ cell = '') => cell.replace(/ \(.*/, '')
  const lines = rowsOf(performance, sizes).map((row) => {
    const name = row[''] ?? ''
    const message = messages.find(({ ms }) => ms === name) ?? {}
    const size = name === 'chatlog' ? bytes.toLocaleString('en') : (row[sizes] ?? '')
    const times = [row['with the second after it, ms'], message['the first message of a visit'], message['a later one']]
    return [name, size, ...times.map(median)]
  })
  return table(['library', 'bytes, brotli', 'start, ms', 'first message, ms', 'later message, ms'], lines)
}

/**
 * @param {readonly string[]} heads
 * @param {readonly string[][]} lines
 */
function table(heads, lines) {
  const widths = heads.map((head, column) => Math.max(head.length, ...lines.map((line) => line[column]?.length ?? 0)))
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`
  return [heads, widths.map((width) => '-'.repeat(width)), ...lines].map(line).join('')
}

/**
 * The rows of the first table with this column, each by the names of its columns.
 *
 * @param {string} document
 * @param {string} column
 * @returns {Record<string, string>[]}
 */
function rowsOf(document, column) {
  const tables = document.match(/^\|.*\n(?:\|.*\n)+/gm) ?? []
  const found = tables.map((text) => text.trim().split('\n').map(cellsOf)).find(([head]) => head?.includes(column))
  if (!found) throw new Error(`no table has a column "${column}"`)
  const [head = [], , ...body] = found
  return body.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ''])))
}

/** @param {string} line */
const cellsOf = (line) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

/**
 * @param {readonly Record<string, string>[]} rows
 * @param {string} column
 */
const sumOf = (rows, column) => rows.reduce((sum, row) => sum + Number(row[column]), 0)

function builtBytes() {
  const script = readFileSync(pathOf('dist/chatlog.js'))
  return brotliCompressSync(script, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length
}
