import { findSelectors, textElements } from './find-selectors.js'

/** Longest text on a button, in UTF-16 units. */
const mostShown = 80

const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (document.querySelector(selector))
const html = /** @type {HTMLTextAreaElement} */ (find('#html'))
const tag = /** @type {HTMLTextAreaElement} */ (find('#tag'))
const copy = /** @type {HTMLButtonElement} */ (find('#copy'))
const texts = find('#texts')
const status = find('[role=status]')

/** @type {{ element: Element, button: HTMLElement }[]} */
let chosen = []

/** @type {HTMLElement} */
let pasted = document.createElement('body')

html.addEventListener('input', () => {
  // Parsed, and never put into the page: nothing of it runs or loads.
  pasted = new DOMParser().parseFromString(html.value, 'text/html').body
  chosen = []
  show()
  texts.replaceChildren(...textElements(pasted).map(buttonFor))
})

/** @param {Element} element */
function buttonFor(element) {
  const button = Object.assign(document.createElement('button'), { type: 'button' })
  const text = element.textContent?.trim() ?? ''
  button.textContent = text.length > mostShown ? `${text.slice(0, mostShown)}…` : text
  button.setAttribute('aria-pressed', 'false')
  button.addEventListener('click', () => {
    chosen = chosen.length === 2 ? [{ element, button }] : [...chosen, { element, button }]
    show()
  })
  return button
}

function show() {
  for (const button of texts.querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(chosen.some((one) => one.button === button)))
  }
  const [user, assistant] = chosen
  const found = user && assistant ? findSelectors(user.element, assistant.element) : null
  const said = [
    '',
    'Now choose an answer.',
    found ? `The tag is ready. Here it finds ${countOf(found)}.` : 'Nothing tells these two apart: choose others.',
  ]
  status.textContent = said[chosen.length] ?? ''
  copy.disabled = !found
  const attributes = found
    ? Object.entries(found).map(([name, value]) => `  data-${name}="${value.replaceAll('"', "'")}"`)
    : []
  tag.value = found
    ? [
        '<script',
        '  async',
        '  src="/chatlog-observe.js"',
        '  data-api-key="WEB_KEY"',
        ...attributes,
        '></script>',
      ].join('\n')
    : ''
}

/** @param {import('./find-selectors.js').Selectors} selectors */
function countOf({ user, assistant }) {
  const [questions, answers] = [user, assistant].map((selector) => pasted.querySelectorAll(selector).length)
  return `${questions} of the visitor’s messages and ${answers} answers`
}

copy.addEventListener('click', async () => {
  await navigator.clipboard.writeText(tag.value)
  status.textContent = 'Copied.'
})
