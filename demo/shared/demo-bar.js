import './source-view.js'

/**
 * `<demo-bar name="…" files="…">`: the strip above a demo that leads to its source, to the live view and to the other
 * demos. With `files`, the source opens in a dialog; without, the page shows it itself.
 */
class DemoBar extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: 'open' })
    const bar = document.createElement('aside')
    bar.setAttribute('aria-label', 'About this demo')
    bar.append(link('/shared/demo-bar.css', 'stylesheet'), anchor('/', 'chatlog demos'), name(this))
    const files = this.getAttribute('files')
    if (files) bar.append(...sourceDialog(files))
    const liveView = anchor('/live-view', 'Live view')
    liveView.target = 'chatlog-live-view'
    bar.append(liveView)
    root.append(bar)
  }
}

/** @param {Element} bar */
function name(bar) {
  const text = document.createElement('span')
  text.textContent = bar.getAttribute('name')
  return text
}

/** @param {string} files */
function sourceDialog(files) {
  const dialog = document.createElement('dialog')
  dialog.setAttribute('aria-label', 'Source of this demo')
  const open = button('Source', () => {
    if (!dialog.firstChild)
      dialog.append(
        button('Close', () => dialog.close()),
        sourceView(files),
      )
    dialog.showModal()
  })
  return [open, dialog]
}

/** @param {string} files */
function sourceView(files) {
  const view = document.createElement('source-view')
  view.setAttribute('files', files)
  return view
}

/**
 * @param {string} text
 * @param {() => void} onClick
 */
function button(text, onClick) {
  const made = document.createElement('button')
  made.type = 'button'
  made.textContent = text
  made.addEventListener('click', onClick)
  return made
}

/**
 * @param {string} href
 * @param {string} text
 */
function anchor(href, text) {
  const made = document.createElement('a')
  made.href = href
  made.textContent = text
  return made
}

/**
 * @param {string} href
 * @param {string} rel
 */
export function link(href, rel) {
  const made = document.createElement('link')
  made.href = href
  made.rel = rel
  return made
}

customElements.define('demo-bar', DemoBar)
