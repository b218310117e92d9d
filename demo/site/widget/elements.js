/** @type {Record<string, string>} */
const drawings = {
  chat: 'M4 5h16v11H9l-5 4z',
  send: 'M12 19V5M6 11l6-6 6 6',
  stop: 'M7 7h10v10H7z',
  close: 'M6 6l12 12M18 6L6 18',
  restart: 'M12 5v14M5 12h14',
  page: 'M6 3h8l4 4v14H6zM14 3v4h4',
}

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} [children]
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, attributes, children = []) {
  const made = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value)
  made.append(...children)
  return made
}

/** @param {keyof typeof drawings} name */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  path.setAttribute('d', drawings[name] ?? '')
  svg.append(path)
  return svg
}

/**
 * Writes paragraphs and `code`: all of Markdown that the assistant uses, and never HTML.
 *
 * @param {Element} target
 * @param {string} text
 */
export function writeText(target, text) {
  for (const paragraph of text.split('\n\n').filter(Boolean)) {
    const pieces = paragraph.split('`').map((piece, index) => (index % 2 ? element('code', {}, [piece]) : piece))
    target.append(element('p', {}, pieces))
  }
}
