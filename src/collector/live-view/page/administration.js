import { auditPage } from './audit-log.js'
import { element } from './elements.js'
import { keysPage } from './keys.js'
import { refusedPage } from './refused.js'

/** The pages for whoever runs the collector, by their name in the address. Each gives its elements, read anew. */
const pages = { refused: refusedPage, keys: keysPage, audit: auditPage }

/** @type {Record<keyof typeof pages, string>} */
const labels = { refused: 'Refused requests', keys: 'Keys', audit: 'Audit log' }

/** @param {HTMLElement} place where they are shown, one at a time */
export function createAdministration(place) {
  let shown = ''

  return {
    /**
     * Shows the page of this name, or none where it is no name of one.
     *
     * @param {string} view
     * @returns {boolean} whether there is one
     */
    show(view) {
      const name = view === 'refused' || view === 'keys' || view === 'audit' ? view : null
      place.hidden = name === null
      if (shown === view) return name !== null
      shown = view
      place.replaceChildren()
      if (name === null) return false
      place.setAttribute('aria-label', labels[name])
      const failed = () => [
        element('p', { role: 'alert' }, ['The collector does not answer. Reload this page to try again.']),
      ]
      pages[name]()
        .catch(failed)
        .then((elements) => {
          if (shown === name) place.replaceChildren(...elements)
        })
      return true
    },
  }
}
