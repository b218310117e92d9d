import { statfsSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Measured } from './measure.js'

/** One cell: a store, a size, so many connections; over HTTP and by the bare store. */
export type Cell = { store: string; size: string; connections: number; collector: Measured; bare: Measured }
/** Resident memory of a collector at its highest, in MB. */
export type Peak = { what: string; peakMb: number }
/** When and where it was measured. */
export type Setting = { date: Date; machine: string }

/** Where it was measured, for a reader to compare with; read before anything is measured. */
export function describeMachine(): string {
  const [load = 0] = loadavg()
  const busy = `a load average of ${load.toFixed(1)} before it began`
  return `${availableParallelism()} cores, ${busy}, Node ${process.versions.node}, data on ${fileSystem(tmpdir())}`
}

/** https://man7.org/linux/man-pages/man2/statfs.2.html */
const fileSystems: Record<number, string> = {
  61267: 'a disk (ext4)',
  16914836: 'memory (tmpfs)',
  1481003842: 'a disk (xfs)',
}
const fileSystem = (path: string) => fileSystems[statfsSync(path).type] ?? 'a file system not known here'

const docs = join(import.meta.dirname, '../../docs/evidence')
const ratioOf = ({ collector, bare }: Cell) => collector.perSecond / bare.perSecond

/** Writes `docs/evidence/collector-benchmark.md` and its plot. */
export function writeReport(cells: readonly Cell[], peaks: readonly Peak[], { date, machine }: Setting): void {
  writeFileSync(join(docs, 'collector-benchmark.svg'), plot(cells))
  writeFileSync(join(docs, 'collector-benchmark.md'), markdown(cells, peaks, { date, machine }))
}

function markdown(cells: readonly Cell[], peaks: readonly Peak[], { date, machine }: Setting): string {
  const rows = cells.map((cell) => [
    cell.store,
    cell.size,
    String(cell.connections),
    cell.collector.perSecond.toFixed(0),
    cell.bare.perSecond.toFixed(0),
    ratioOf(cell).toFixed(2),
    cell.collector.p50Ms.toFixed(1),
    cell.collector.p99Ms.toFixed(1),
  ])
  const head = ['store', 'body', 'connections', 'upserts a second', 'bare store', 'ratio', 'p50 ms', 'p99 ms']
  return `# How fast the collector is

After reading this page you can say how many conversations one collector stores in a second.

Written by \`npm run bench:collector\` on ${date.toISOString().slice(0, 10)}:
${machine}.
Every upsert stores a new conversation with a WEB key, and counts when its whole answer has arrived.

The benchmark compares two programs. The **bare store** finds the key and stores the conversation, in a process that does
nothing else. It uses the collector's own code and statements, and is as durable (a commit is on the disk before it counts).
The **collector** is the built command, and logs every request. It does the same, but first it reads, parses and checks a
body, and afterwards it writes an answer. A third process sends the requests, over plain sockets, with bodies that it made
before the clock started. This sender needs almost no processor time, because on two cores it competes with the collector
and the database; in production, senders run on other machines. Collector and bare store take turns. Each number is the
median of the turns, without the first one.

![Upserts a second as a share of the bare store's](collector-benchmark.svg)

${table(head, rows)}

The goal is a ratio of at least 0.5. The ratios compare runs on one machine. The other numbers are valid only for that
machine.

${table(
  ['memory of the collector', 'highest resident MB'],
  peaks.map(({ what, peakMb }) => [what, peakMb.toFixed(0)]),
)}
`
}

function table(head: string[], rows: string[][]): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

const left = 230
const barHeight = 22
const unit = 360

function plot(cells: readonly Cell[]): string {
  const height = cells.length * (barHeight + 12) + 40
  const bars = cells.map((cell, index) => {
    const y = 10 + index * (barHeight + 12)
    const ratio = ratioOf(cell)
    const name = `${cell.store}, ${cell.size}, ${cell.connections} at once`
    return `<text x="${left - 8}" y="${y + 15}" text-anchor="end">${name}</text>
  <rect x="${left}" y="${y}" width="${(Math.min(ratio, 1.2) * unit).toFixed(0)}" height="${barHeight}" fill="#3b6ea5"/>
  <text x="${left + Math.min(ratio, 1.2) * unit + 6}" y="${y + 15}">${ratio.toFixed(2)}</text>`
  })
  const mark = (
    ratio: number,
    label: string,
  ) => `<line x1="${left + ratio * unit}" x2="${left + ratio * unit}" y1="4" y2="${
    height - 24
  }" stroke="#888" stroke-dasharray="4 3"/>
  <text x="${left + ratio * unit}" y="${height - 8}" text-anchor="middle">${label}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 ${height}" font-family="sans-serif" font-size="13" role="img" aria-label="Upserts a second as a share of the bare store's">
  <rect width="720" height="${height}" fill="#fff"/>
  ${mark(0.5, 'goal 0.5')}
  ${mark(1, 'bare store')}
  ${bars.join('\n  ')}
</svg>
`
}
