import { widgetKinds } from './measure-observe.js'
import { median, quantile } from './statistics.js'
import { chatlogSubject, lazySubject } from './subjects.js'

/**
 * A target and what was measured: a ratio, or a number of `unit`.
 *
 * @typedef {{ what: string, limit: number, value: number, unit: string }} Fact
 */

/** @typedef {import('./measure-all.js').Results} Results */

/**
 * @param {import('./measure-all.js').SomeResults} results
 * @returns {Fact[]} in the order of the report
 */
export const factsOf = ({ size, start, record, long, memory, observe, wire }) => [
  ...(size
    ? [
        fact('size of `chatlog.js`, brotli', 16_500, size.chatlog ?? Number.NaN, 'bytes'),
        fact('size of `chatlog-lazy.js`, brotli', 4_300, size[lazySubject.name] ?? Number.NaN, 'bytes'),
      ]
    : []),
  ...(start?.length ? startFacts(start) : []),
  ...(record?.length ? recordFacts(record) : []),
  ...(long ? longFacts(long) : []),
  ...(wire
    ? [
        fact('bytes of 50 turns / final body', 27, (wire.plain.at(-1) ?? 0) / wire.finalBytes),
        fact('the same to our own collector, compressed / final body', 7, (wire.gzip.at(-1) ?? 0) / wire.finalBytes),
      ]
    : []),
  ...(observe?.length ? widgetKinds.flatMap((kind) => observeFacts(observe, kind)) : []),
  ...(memory?.length
    ? [
        fact('memory kept by 1,000 messages / their JSON', 1.3, median(memory.map(({ retained }) => retained))),
        fact('the same after `stop()`', 0.1, median(memory.map(({ afterStop }) => afterStop))),
        fact(
          'event listeners left after `stop()`',
          0,
          Math.max(...memory.map((each) => each.listenersLeft)),
          'listeners',
        ),
      ]
    : []),
]

/**
 * @param {string} what
 * @param {number} limit
 * @param {number} value
 */
const fact = (what, limit, value, unit = '') => ({ what, limit, value, unit })

/** @param {Results['start']} start */
function startFacts(start) {
  /** @param {keyof import('./measure-start.js').Costs} part */
  const ratio = (part, name = chatlogSubject.name) =>
    median(start.map(({ [name]: own }) => own?.[part] ?? 0)) /
    median(start.map(({ Amplitude }) => Amplitude?.[part] ?? 0))
  return [
    fact('load, evaluation and `init` / Amplitude’s', 0.5, ratio('init')),
    fact('the same of the lazy tag / Amplitude’s', 0.25, ratio('init', lazySubject.name)),
    fact('load, `init` and the second after it / Amplitude’s', 0.5, ratio('start')),
    fact('a message until it is acknowledged / Amplitude’s', 0.7, ratio('later')),
    fact('the first message of a visit until it is acknowledged / Amplitude’s', 1.5, ratio('first')),
  ]
}

/** @param {Results['record']} record */
function recordFacts(record) {
  const own = record.map(({ calls }) => calls.chatlog ?? { first: Number.NaN, calls: [], floor: [] })
  const calls = own.flatMap((each) => each.calls)
  const floor = own.flatMap((each) => each.floor)
  const long = own.filter((each) => each.calls.length >= 1_000)
  const at = (/** @type {number} */ from, /** @type {number} */ to) =>
    median(long.flatMap((each) => each.calls.slice(from, to)))
  return [
    fact(
      'the first call of a page / a later one',
      3,
      median(own.map(({ first }) => first ?? Number.NaN)) / median(calls),
    ),
    fact('`trackMessage` / floor, medians', 1.5, median(calls) / median(floor)),
    fact('`trackMessage` / floor, 99th percentiles', 3, quantile(calls, 0.99) / quantile(floor, 0.99)),
    fact('leaving it with the browser beside that', 1, armingMs(record), 'ms'),
    fact('the 1,000th message / the 10th', 1.2, at(990, 1_000) / at(5, 15)),
  ]
}

/** @param {Results['record']} record */
export const armingMs = (record) =>
  median(record.flatMap(({ armed }) => armed)) - median(record.flatMap(({ unarmed }) => unarmed))

/** @param {Results['long']} long */
const longFacts = (long) => [
  fact('one more message at 1.9 MB / the naive way', 0.25, median(long.chatlog) / median(long.naive)),
  fact('its longest task', 50, long.longestTask.sending.full, 'ms'),
  fact('its longest task, processor four times slower', 50, long.longestTask.sending.throttled, 'ms'),
  fact('resuming it on the next page, longest task', 50, long.longestTask.resuming.full, 'ms'),
  fact('the same, processor four times slower', 50, long.longestTask.resuming.throttled, 'ms'),
]

/**
 * @param {Results['observe']} observe
 * @param {import('./measure-observe.js').WidgetKind} kind
 */
const observeFacts = (observe, kind) => [
  fact(
    `observing a widget: ${kind}, added / its own`,
    0.05,
    median(observe.map(({ [kind]: each }) => each.observed - each.without)) /
      median(observe.map(({ [kind]: each }) => each.without)),
  ),
  fact(
    `observing a widget: ${kind}, layouts forced`,
    0,
    Math.max(...observe.map(({ [kind]: each }) => each.forcedLayouts)),
    'layouts',
  ),
]

/** @param {Fact} fact */
export const isMet = ({ value, limit }) => value <= limit

/** @param {number} value @param {string} unit */
export const said = (value, unit) =>
  unit === ''
    ? value.toFixed(2)
    : `${value.toLocaleString('en', { maximumFractionDigits: unit === 'ms' ? 2 : 0 })} ${unit}`

/** @param {readonly Fact[]} facts */
export function printFacts(facts) {
  for (const each of facts) {
    const { what, limit, value, unit } = each
    console.log(`${isMet(each) ? 'met   ' : 'missed'}  ${what}: ${said(value, unit)}, at most ${said(limit, unit)}`)
  }
}
