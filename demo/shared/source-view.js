/** `<source-view files="qa/index.html qa/chat.spec.ts">`: files of the demo, one tab each, in colour. */
class SourceView extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: 'open' })
    this.setAttribute('role', 'region')
    this.setAttribute('aria-label', 'Source')
    const style = document.createElement('link')
    style.rel = 'stylesheet'
    style.href = '/shared/source-view.css'
    const files = (this.getAttribute('files') ?? '').trim().split(/\s+/)
    const tabs = document.createElement('div')
    tabs.setAttribute('role', 'tablist')
    tabs.setAttribute('aria-label', 'Files')
    const code = document.createElement('pre')
    code.id = 'code'
    code.setAttribute('role', 'tabpanel')
    code.tabIndex = 0
    tabs.append(...files.map((file) => createTab(file, () => select(file))))
    tabs.addEventListener('keydown', moveFocus)
    root.append(style, tabs, code)

    /** @param {string} file */
    async function select(file) {
      for (const tab of tabs.children) {
        tab.setAttribute('aria-selected', String(tab.id === file))
        tab.setAttribute('tabindex', tab.id === file ? '0' : '-1')
      }
      const answer = await fetch(`/source?file=${encodeURIComponent(file)}`)
      // The demo's own files, coloured and escaped by its own server.
      code.innerHTML = answer.ok ? await answer.text() : 'This file could not be read.'
      code.setAttribute('aria-label', file)
      code.scrollTop = 0
    }

    select(files[0] ?? '')
  }
}

/**
 * @param {string} file
 * @param {() => void} onSelect
 */
function createTab(file, onSelect) {
  const tab = document.createElement('button')
  tab.type = 'button'
  tab.id = file
  tab.textContent = file.slice(file.lastIndexOf('/') + 1)
  tab.title = `demo/${file}`
  tab.setAttribute('role', 'tab')
  tab.setAttribute('aria-controls', 'code')
  tab.addEventListener('click', onSelect)
  return tab
}

/** @param {KeyboardEvent} event */
function moveFocus({ key, target }) {
  if (!(target instanceof HTMLElement)) return
  const next = { ArrowRight: target.nextElementSibling, ArrowLeft: target.previousElementSibling }[key]
  if (!(next instanceof HTMLElement)) return
  next.focus()
  next.click()
}

customElements.define('source-view', SourceView)
