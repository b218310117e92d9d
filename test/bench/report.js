import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { armingMs, factsOf, isMet, said } from './facts.js'
import { widgetKinds } from './measure-observe.js'
import { coreName } from './measure-size.js'
import { median, quantile, spreadOf } from './statistics.js'
import { subjects } from './subjects.js'

/** @typedef {import('./measure-all.js').Results} Results */

/**
 * Writes `performance.md` and its plots.
 *
 * @param {Results} results
 * @param {Record<string, string>} plots SVG, by name
 * @param {string} directory
 */
export function writeReport(results, plots, directory) {
  for (const [name, svg] of Object.entries(plots)) {
    writeFileSync(join(directory, `performance-${name}.svg`), svg)
  }
  writeFileSync(join(directory, 'performance.md'), markdown(results))
}

const names = subjects.map(({ name }) => name)
const ms = (/** @type {number} */ value) => value.toFixed(2)

/** @param {number[]} values */
function spread(values) {
  const { median, low, high } = spreadOf(values)
  return `${ms(median)} (${ms(low)}–${ms(high)})`
}

/** @param {Results} results */
const markdown = (results) => `# What a page pays

After reading this page you can say what chatlog costs a page in bytes and time, beside other libraries.

Written by \`npm run bench\` on ${results.date}: ${results.repetitions} repetitions, Chromium ${results.browser}, Node ${process.versions.node}, ${availableParallelism()} cores
with a load average of ${results.load.toFixed(0)}. The libraries are those of \`test/bench/package.json\`. The benchmark loads and starts
each one as its documentation says, in a fresh browser profile, with a server on the same machine that answers like the library's
own. The libraries take turns within every repetition.

Unless a table says otherwise, times are CPU time of the page's main thread, minus the time that the same steps take in a page
without a library. The quartiles are beside each median. The milliseconds are valid only for this machine; the ratios compare
runs on one machine.

${table(
  ['', 'at most', 'measured', ''],
  factsOf(results).map((fact) => [
    fact.what,
    said(fact.limit, fact.unit),
    said(fact.value, fact.unit),
    isMet(fact) ? 'met' : '**missed**',
  ]),
)}

## A page on which nobody chats

![Bytes of what a page loads, brotli, by library](performance-size.svg)

![CPU of the main thread for load, evaluation and init, by library](performance-start.svg)

Most pages are such pages. chatlog sends nothing there. The lazy tag loads its second file (${said(results.size[coreName] ?? 0, 'bytes')}) only where somebody chats.

${table(
  ['', 'bytes, brotli at its highest quality', '`init` has returned, ms', 'with the second after it, ms'],
  names.map((name) => [
    name,
    (results.size[name] ?? 0).toLocaleString('en'),
    ...costsOf(results.start, name, ['init', 'start']),
  ]),
)}

## A message until it is acknowledged

${table(
  ['ms', 'the first message of a visit', 'a later one'],
  names.map((name) => [name, ...costsOf(results.start, name, ['first', 'later'])]),
)}

The libraries do different work. The others send a page view when they start. chatlog sends nothing before the first message, and sends
a message one second later if it does not wait for an answer.

## The call that records

![Time of a call of trackMessage by the conversation's length, beside the floor](performance-record.svg)

${recordTable(results.record)}

The table shows how long the call itself takes in real time, with messages of 1.9 KB, one every 10 ms. The floor is one
\`JSON.stringify\` of the message and one IndexedDB put, committed in the call. It took turns with the calls in the same page. The
table leaves out the first call of a page, which takes chatlog ${ms(median(results.record.map(({ calls }) => calls.chatlog?.first ?? Number.NaN)))} ms.
If chatlog also leaves the message with the browser for the end of the page (\`fetchLater\`, at most once in 100 ms, below 64 KB), the
call takes ${ms(armingMs(results.record))} ms more, measured with messages 120 ms apart.

## A long conversation

The conversation has 1,000 messages and 1.9 MB. The page records one more message and sends it. The naive way is \`JSON.stringify\`
of the whole conversation, a count of its UTF-8 bytes, and one \`fetch\`. Traces show the longest
task, in CPU time: one task is that of three such messages, the other that of a next page that resumes the conversation with one
more message.

${table(
  ['', 'ms'],
  [
    ['chatlog', spread(results.long.chatlog)],
    ['naive', spread(results.long.naive)],
    ['longest task, sending', ms(results.long.longestTask.sending.full)],
    ['longest task, sending, processor four times slower', ms(results.long.longestTask.sending.throttled)],
    ['longest task, resuming', ms(results.long.longestTask.resuming.full)],
    ['longest task, resuming, processor four times slower', ms(results.long.longestTask.resuming.throttled)],
  ],
)}

## On the wire

![Bytes sent in all by the number of turns](performance-wire.svg)

The conversation has 50 turns, one every 10 s: a question of 1 KB, and an answer of 1 KB that is complete 4 s later. A fake browser
counted exactly (\`test/script/wire-bytes.test.ts\` checks this): ${results.wire.requests} requests, ${said(results.wire.plain.at(-1) ?? 0, 'bytes')} for a final body of ${said(results.wire.finalBytes, 'bytes')}.

## Observing a widget

A widget shows an answer of 2,000 tokens, one every 4 ms, in three ways. It does so once without any script, and once while
\`chatlog-observe.js\` reads it.

${table(
  ['how the answer grows', 'the widget alone, ms', 'with observing, ms', 'layouts forced'],
  widgetKinds.map((kind) => [
    kind,
    spread(results.observe.map(({ [kind]: each }) => each.without)),
    spread(results.observe.map(({ [kind]: each }) => each.observed)),
    String(Math.max(...results.observe.map(({ [kind]: each }) => each.forcedLayouts))),
  ]),
)}

## Memory

After garbage collection, in the heap and in the memory beside it, 1,000 delivered messages keep ${ms(median(results.memory.map(({ retained }) => retained)))} times the bytes of their JSON, and
${ms(median(results.memory.map(({ afterStop }) => afterStop)))} times after \`stop()\`.
`

/**
 * @param {Results['start']} start
 * @param {string} name
 * @param {readonly (keyof import('./measure-start.js').Costs)[]} parts
 */
const costsOf = (start, name, parts) =>
  parts.map((part) => spread(start.map(({ [name]: costs }) => costs?.[part] ?? Number.NaN)))

/** @param {Results['record']} record */
const recordTable = (record) =>
  table(
    ['ms', 'median', 'quartiles', '99 %', 'floor beside it, median', '99 %'],
    names.map((name) => {
      const calls = record.flatMap((each) => each.calls[name]?.calls ?? [])
      const floor = record.flatMap((each) => each.calls[name]?.floor ?? [])
      const { low, high } = spreadOf(calls)
      return [
        name,
        ms(median(calls)),
        `${ms(low)}–${ms(high)}`,
        ms(quantile(calls, 0.99)),
        ms(median(floor)),
        ms(quantile(floor, 0.99)),
      ]
    }),
  )

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
function table(head, rows) {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
