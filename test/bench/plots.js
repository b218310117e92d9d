import { init } from 'echarts'
import { quantile, spreadOf } from './statistics.js'
import { subjects } from './subjects.js'

/** @typedef {import('./measure-all.js').Results} Results */

const own = '#3b6ea5'
const other = '#9a9a9a'
const third = '#c77b30'
const names = subjects.map(({ name }) => name)

/**
 * @param {string} title
 * @param {import('echarts').EChartsOption} option
 * @param {number} height
 */
function drawn(title, option, height) {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 720, height })
  chart.setOption({
    animation: false,
    backgroundColor: '#fff',
    textStyle: { fontFamily: 'sans-serif' },
    title: { text: title, textStyle: { fontSize: 14 } },
    ...option,
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  // Its styles are for pointing at things, which an image in a document hears nothing of.
  return `${svg.replace(/<style[\s\S]*?<\/style>/g, '').replace(/<svg[^>]*>/, `$&\n<title>${title}</title>`)}\n`
}

/**
 * Bars, one a library, with the quartiles where there are any.
 *
 * @param {string} title
 * @param {readonly { name: string, value: number, low?: number, high?: number }[]} bars
 * @param {string} unit
 */
function barPlot(title, bars, unit) {
  const label = (/** @type {number} */ value) => value.toLocaleString('en', { maximumFractionDigits: 1 })
  return drawn(
    title,
    {
      grid: { left: 90, right: 80, top: 44, bottom: 44 },
      xAxis: { type: 'value', name: unit, nameLocation: 'middle', nameGap: 28 },
      yAxis: { type: 'category', inverse: true, data: bars.map(({ name }) => name) },
      series: [
        {
          type: 'bar',
          barWidth: 20,
          data: bars.map(({ name, value }) => ({
            value,
            itemStyle: { color: name.startsWith('chatlog') ? own : other },
          })),
          label: { show: true, position: 'right', formatter: ({ value }) => label(Number(value)) },
        },
        {
          type: 'custom',
          data: bars.flatMap(({ low, high }, index) =>
            low === undefined || high === undefined ? [] : [[index, low, high]],
          ),
          renderItem: (_params, api) => {
            const [left, y] = api.coord([api.value(1), api.value(0)])
            const [right] = api.coord([api.value(2), api.value(0)])
            const shape = { x1: left ?? 0, x2: right ?? 0, y1: y ?? 0, y2: y ?? 0 }
            return { type: 'line', shape, style: { stroke: '#333', lineWidth: 2 } }
          },
          encode: { x: [1, 2], y: 0 },
        },
      ],
    },
    44 + 44 + bars.length * 36,
  )
}

/**
 * @param {string} title
 * @param {{ name: string, type: 'log' | 'value' }} x
 * @param {string} y
 * @param {readonly { name: string, color: string, points: [number, number][] }[]} lines
 */
const linePlot = (title, x, y, lines) =>
  drawn(
    title,
    {
      legend: { top: 32, data: lines.map(({ name }) => name) },
      grid: { left: 70, right: 30, top: 72, bottom: 50 },
      xAxis: { type: x.type, name: x.name, nameLocation: 'middle', nameGap: 28 },
      yAxis: { type: 'value', name: y, nameLocation: 'middle', nameGap: 46 },
      series: lines.map(({ name, color, points }) => ({
        type: 'line',
        name,
        data: points,
        symbolSize: 5,
        color,
      })),
    },
    360,
  )

/** Positions of messages between which a median is taken. */
const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]

/** @param {Results['record']} record */
function recordLines(record) {
  const long = record.map(({ calls }) => calls.chatlog).filter((each) => each && each.calls.length >= 1_000)
  /** @param {'calls' | 'floor'} which */
  const points = (which) =>
    steps.slice(1).map((to, index) => {
      const times = long.flatMap((each) => each?.[which].slice((steps[index] ?? 1) - 1, to) ?? [])
      return /** @type {[number, number]} */ ([to, quantile(times, 0.5)])
    })
  return [
    { name: 'trackMessage', color: own, points: points('calls') },
    { name: 'floor: JSON.stringify and one IndexedDB put', color: other, points: points('floor') },
  ]
}

/** @param {Results['wire']} wire */
function wireLines({ plain, gzip }) {
  const points = (/** @type {number[]} */ bytes) =>
    bytes.map((sum, index) => /** @type {[number, number]} */ ([index + 1, sum / 1_000]))
  return [
    { name: 'sent in all', color: own, points: points(plain) },
    { name: 'sent in all to our own collector, compressed', color: third, points: points(gzip) },
  ]
}

/**
 * @param {Results} results
 * @returns {Record<'size' | 'start' | 'record' | 'wire', string>} SVG
 */
export const plotsOf = ({ size, start, record, wire }) => ({
  size: barPlot(
    'What a page loads, brotli',
    names.map((name) => ({ name, value: (size[name] ?? 0) / 1_000 })),
    'KB',
  ),
  start: barPlot(
    'Load, evaluation and init with the second after it: CPU of the main thread',
    names.map((name) => {
      const { median, low, high } = spreadOf(start.map((costs) => costs[name]?.start ?? Number.NaN))
      return { name, value: median, low, high }
    }),
    'ms, median and quartiles',
  ),
  record: linePlot(
    'Recording a message, by its place in the conversation',
    { name: 'message', type: 'log' },
    'ms, median',
    recordLines(record),
  ),
  wire: linePlot('Bytes sent, by turns of the chat', { name: 'turns', type: 'value' }, 'KB', wireLines(wire)),
})
