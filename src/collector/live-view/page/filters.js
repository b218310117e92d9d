import { addressOf, filterNames, readAddress } from './address.js'
import { element, frameElement } from './elements.js'
import { collectorUrl, read } from './session.js'
import { queryOf } from './zone.js'

/** How long typing rests before it is searched for, in milliseconds. */
const restMs = 300

/** @type {Record<string, string>} */
const labels = {
  text: 'words',
  page: 'page',
  clicked: 'clicked',
  answer: 'answers',
  clicks: 'links clicked',
  from: 'began from',
  to: 'began until',
}

const form = frameElement('filters', HTMLFormElement)
const chosen = frameElement('chosen-filters', HTMLElement)

/** Makes the form say and change what the address says. */
export function startFilters() {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(apply, restMs)
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    clearTimeout(timer)
    apply()
  })
  form.querySelector('details')?.addEventListener('toggle', suggest, { once: true })
  addEventListener('click', ({ target }) => {
    const details = form.querySelector('details')
    if (details?.open && target instanceof Node && !details.contains(target)) details.open = false
  })
  addEventListener('keydown', ({ key }) => {
    const details = form.querySelector('details')
    if (key !== 'Escape' || !details?.open) return
    details.open = false
    details.querySelector('summary')?.focus()
  })
}

/**
 * Shows what is chosen.
 *
 * @param {URLSearchParams} filters
 */
export function showFilters(filters) {
  for (const name of filterNames) {
    const input = field(name)
    if (input && input !== document.activeElement) input.value = filters.get(name) ?? ''
  }
  const shown = [...filters].filter(([name]) => name !== 'text')
  chosen.replaceChildren(...shown.map(([name, value]) => chip(name, value, filters)))
  if (shown.length > 1)
    chosen.append(
      element('li', {}, [element('a', { href: addressOf({ filters: new URLSearchParams() }) }, ['Clear all'])]),
    )
  for (const format of ['csv', 'ndjson']) {
    frameElement(`export-${format}`, HTMLAnchorElement).href =
      `${collectorUrl}/live-view/export.${format}?${queryOf(filters)}`
  }
}

function apply() {
  const filters = new URLSearchParams()
  for (const name of filterNames) {
    const value = field(name)?.value.trim()
    if (value) filters.set(name, value)
  }
  if (String(filters) !== String(readAddress().filters)) location.hash = addressOf({ filters })
}

/** @param {string} name */
function field(name) {
  const found = form.elements.namedItem(name)
  return found instanceof HTMLInputElement || found instanceof HTMLSelectElement ? found : null
}

/**
 * @param {string} name
 * @param {string} value
 * @param {URLSearchParams} filters
 */
function chip(name, value, filters) {
  const others = new URLSearchParams(filters)
  others.delete(name)
  const text = `${labels[name] ?? name}: ${value}`
  const remove = element('a', { href: addressOf({ filters: others }), 'aria-label': `Remove the filter ${text}` }, [
    text,
  ])
  return element('li', {}, [remove])
}

async function suggest() {
  /** @type {import('../data-routes.ts').Suggestions | null} */
  const suggestions = await read('/live-view/suggestions')
  for (const [name, values] of Object.entries(suggestions ?? {})) {
    const options = values.map((/** @type {string} */ value) => element('option', { value }))
    document.getElementById(`${name}-suggestions`)?.replaceChildren(...options)
  }
}
