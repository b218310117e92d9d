import { element } from './elements.js'
import uPlot from './uplot.js'

/** Height of a plot, in CSS pixels. */
const height = 220

const days = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** @typedef {{ label: string, color: string, values: (number | null)[], isBars?: boolean }} Series a `color` is a CSS property; `null` is a gap */

/**
 * A plot over days.
 *
 * @param {HTMLElement} place filled whenever its width or the colours change
 * @param {string[]} dates `2026-03-01`
 * @param {Series[]} series
 */
export function plotDays(place, dates, series) {
  const seconds = dates.map((day) => Date.parse(day) / 1_000)
  return draw(place, seconds, series, {
    label: 'day',
    space: 64,
    scales: { x: { time: true } },
    xValues: (values) => values.map((value) => days.format(new Date(value * 1_000))),
    xLabel: (value) => new Date(value * 1_000).toISOString().slice(0, 10),
    xIncrements: [1, 2, 7, 14, 30, 61, 182, 365].map((count) => count * 86_400),
  })
}

/**
 * A plot of bars over whole numbers.
 *
 * @param {HTMLElement} place
 * @param {number[]} numbers
 * @param {Series[]} series
 */
export function plotNumbers(place, numbers, series) {
  return draw(place, numbers, series, {
    label: 'questions',
    space: 28,
    scales: { x: { time: false, range: [0.4, Math.max(...numbers, 3) + 0.6] } },
    xValues: (values) => values.map(String),
    xLabel: String,
    xIncrements: [1, 2, 5, 10, 20, 50],
  })
}

/**
 * @param {HTMLElement} place
 * @param {number[]} xs
 * @param {Series[]} series
 * @param {{ label: string, space: number, scales: import('uplot').Scales, xValues: (values: number[]) => string[], xLabel: (value: number) => string, xIncrements: number[] }} axis
 * @returns {() => void} takes the plot away
 */
function draw(place, xs, series, axis) {
  /** @type {import('uplot') | null} */
  let plot = null
  // A canvas knows neither variables nor `light-dark()`: an element says which colour they come to.
  const probe = element('span')
  const colour = (/** @type {string} */ name, percent = 100) => {
    probe.style.color = `color-mix(in srgb, var(${name}) ${percent}%, transparent)`
    return getComputedStyle(probe).color
  }
  const grid = () => ({ stroke: colour('--line'), width: 1 })
  const bars = uPlot.paths.bars?.({ size: [0.7, 60], radius: 0.15 })
  const render = () => {
    plot?.destroy()
    place.append(probe)
    const font = '12px system-ui, sans-serif'
    plot = new uPlot(
      {
        width: place.clientWidth,
        height,
        scales: { ...axis.scales, y: { range: (_plot, _least, most) => [0, Math.max(most * 1.08, 1)] } },
        cursor: { y: false, drag: { x: false, y: false } },
        legend: { live: true },
        axes: [
          {
            stroke: colour('--soft-ink'),
            font,
            grid: { show: false },
            ticks: grid(),
            values: (_plot, values) => axis.xValues(values),
            incrs: axis.xIncrements,
            space: axis.space,
          },
          {
            stroke: colour('--soft-ink'),
            font,
            grid: grid(),
            ticks: { show: false },
            size: 52,
            values: (_plot, values) =>
              values.map((value) => (Number.isInteger(value) ? value.toLocaleString('en') : '')),
          },
        ],
        series: [
          { label: axis.label, value: (_plot, value) => (value == null ? '' : axis.xLabel(value)) },
          ...series.map(({ label, color, isBars }) => ({
            label,
            // Nothing until the reader points at a day.
            value: (/** @type {unknown} */ _plot, /** @type {number | null} */ value) =>
              value?.toLocaleString('en') ?? '',
            stroke: colour(color),
            width: isBars ? 0 : 2,
            fill: colour(color, isBars ? 100 : 10),
            points: { show: !isBars && xs.length < 40, size: 5 },
            ...(isBars && bars && { paths: bars }),
          })),
        ],
      },
      [xs, ...series.map(({ values }) => values)],
      place,
    )
  }
  const resized = new ResizeObserver(([entry]) => {
    if (entry && plot && entry.contentRect.width !== plot.width) render()
  })
  const darkness = matchMedia('(prefers-color-scheme: dark)')
  render()
  resized.observe(place)
  darkness.addEventListener('change', render)
  return () => {
    resized.disconnect()
    darkness.removeEventListener('change', render)
    plot?.destroy()
  }
}

/**
 * The numbers of a plot, for who doesn't see it.
 *
 * @param {string[]} head
 * @param {(string | number)[][]} rows
 */
export function numbersTable(head, rows) {
  const cells = (/** @type {(string | number)[]} */ row, /** @type {'th' | 'td'} */ name) =>
    element(
      'tr',
      {},
      row.map((cell) => element(name, name === 'th' ? { scope: 'col' } : {}, [String(cell)])),
    )
  return element('details', { class: 'numbers' }, [
    element('summary', {}, ['As numbers']),
    element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `${head.join(', ')}, as numbers` }, [
      element('table', {}, [
        element('thead', {}, [cells(head, 'th')]),
        element(
          'tbody',
          {},
          rows.map((row) => cells(row, 'td')),
        ),
      ]),
    ]),
  ])
}
