import { addressOf, filterNames, readAddress } from './address.js'
import { element, frameElement } from './elements.js'
import { editPhrases } from './phrases.js'
import { collectorUrl, read } from './session.js'
import { queryOf } from './zone.js'

/** How long typing rests before it is searched for, in milliseconds. */
const restMs = 300

/** What a chosen filter is called, where its own name doesn't say it. @type {Record<string, string>} */
const labels = {
  clicked: 'clicked link',
  from: 'began from',
  to: 'began until',
  minMessages: 'messages at least',
  maxMessages: 'messages at most',
}

/** Filters that their value says in other words. @type {Record<string, string>} */
const sayings = {
  'clicks with': 'a link was clicked',
  'clicks without': 'no link was clicked',
  'feedback any': 'some feedback',
  'feedback none': 'no feedback',
  'answer bad': 'a question has no good answer',
  'answer none': 'the last question has no answer',
  'answer error': 'an answer failed',
  'answer aborted': 'an answer was stopped',
  'answer interrupted': 'an answer was interrupted',
  'askedAgain yes': 'asked again',
  'notFound yes': 'an answer could not find it',
}

const form = frameElement('filters', HTMLFormElement)
const chosen = frameElement('chosen-filters', HTMLElement)

/**
 * Makes the form say and change what the address says.
 *
 * @param {() => void} changed called once other conversations may pass the same filters
 */
export function startFilters(changed) {
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
  frameElement('phrases', HTMLButtonElement).addEventListener('click', () => editPhrases(changed))
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
    if (input instanceof HTMLInputElement && input.type === 'checkbox') input.checked = filters.has(name)
    else if (input && input !== document.activeElement) input.value = filters.get(name) ?? ''
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
    const input = field(name)
    const isOff = input instanceof HTMLInputElement && input.type === 'checkbox' && !input.checked
    const value = isOff ? '' : input?.value.trim()
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
  const saying = sayings[`${name} ${value}`]
  const label = `${labels[name] ?? name}: `
  const text = saying ?? label + value
  const remove = element('a', { href: addressOf({ filters: others }), 'aria-label': `Remove the filter ${text}` }, [
    ...(saying ? [saying] : [label, element('bdi', {}, [value])]),
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
