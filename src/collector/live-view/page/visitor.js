import { addressOf, visitorAddress } from './address.js'
import { element } from './elements.js'
import { eraseButton } from './erasing.js'
import { counted, timeElement } from './format.js'
import { createItem } from './list.js'
import { read } from './session.js'

/** @typedef {import('../visitor-routes.ts').VisitorPage} VisitorPage */

/** What the collector calls the kinds of ids, in words. @type {Record<string, string>} */
const kinds = {
  COOKIED: 'id of the cookie',
  ID_PROVIDED: 'given by the site',
  ANONYMOUS: 'of one page, without a cookie',
}

/**
 * The page of a visitor.
 *
 * @param {HTMLElement} place
 * @param {() => void} forgotten called once somebody has forgotten the visitor here
 */
export function createVisitorView(place, forgotten) {
  /** @type {string | null} */
  let shown = null

  /** @param {string} who */
  async function load(who) {
    place.setAttribute('aria-busy', 'true')
    const page = await readPage(who, null)
    if (shown !== who) return
    place.removeAttribute('aria-busy')
    place.replaceChildren(...(page ? visitorElements(who, page, forgotten) : [missing(who)]))
  }

  const ids = () => [...place.querySelectorAll('[data-id]')].map((item) => item.getAttribute('data-id') ?? '')

  return {
    /** @returns {string[]} of the conversations on it */
    ids,

    /**
     * Reads it anew, where something is left of the visitor.
     *
     * @param {Set<string>} erased ids of conversations that are not stored any more
     */
    renew(erased) {
      if (shown === null) return
      const hasMore = place.querySelector('.older:not([hidden])') !== null
      if (hasMore || !ids().every((id) => erased.has(id))) load(shown)
      else place.replaceChildren(missing(shown))
    },

    /** @param {string | null} who an id of the visitor; `null` hides the page */
    show(who) {
      place.hidden = who === null
      shown = who
      if (who === null) return place.replaceChildren()
      load(who)
    },
  }
}

/**
 * @param {string} who
 * @param {string | null} cursor
 * @returns {Promise<VisitorPage | null>}
 */
const readPage = (who, cursor) =>
  read(`${pathOf(who)}${cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`}`)

/** @param {string} who */
const pathOf = (who) => `/live-view/visitors/${encodeURIComponent(who)}`

/** @param {string} who */
const missing = (who) =>
  element('p', { class: 'empty' }, ['Nothing is stored of a visitor with the id ', code(who), '.'])

/**
 * @param {string} who
 * @param {VisitorPage} page
 * @param {() => void} forgotten
 */
function visitorElements(who, page, forgotten) {
  const { ids, firstSeen, lastSeen, conversations, total, nextCursor, mayErase } = page
  const forget = () =>
    eraseButton({
      label: 'Forget this visitor…',
      question: `Forget the visitor ${who}?`,
      path: pathOf(who),
      erased: forgotten,
    })
  return [
    element('div', { class: 'title' }, [element('h2', {}, ['Visitor ', code(who)]), mayErase ? forget() : null]),
    element('dl', { class: 'fact-grid' }, [
      ...fact('First seen', firstSeen ? timeElement(firstSeen, 'full') : 'in no conversation'),
      ...fact('Last seen', lastSeen ? timeElement(lastSeen, 'full') : 'in no conversation'),
      ...fact('Conversations', total === null ? 'very many' : total.toLocaleString('en')),
    ]),
    element('h3', {}, [ids.length > 1 ? 'All ids of this visitor' : 'The only id of this visitor']),
    idList(who, ids),
    ids.length > 1
      ? element('p', { class: 'faint' }, [
          'Ids that stood together in a conversation. On a computer that people share they may be several people.',
        ])
      : null,
    element('h3', {}, ['Conversations, the newest first']),
    conversationList(who, conversations, nextCursor),
  ].filter((one) => one !== null)
}

/**
 * @param {string} who
 * @param {VisitorPage['ids']} ids
 */
function idList(who, ids) {
  return element(
    'ul',
    { class: 'ids' },
    ids.map(({ id, identificationType, conversations }) =>
      element('li', {}, [
        id === who ? code(id) : element('a', { href: visitorAddress(id) }, [code(id)]),
        element('span', { class: 'faint' }, [
          [
            identificationType === null ? null : (kinds[identificationType] ?? identificationType),
            `in ${counted(conversations, 'conversation')}`,
          ]
            .filter(Boolean)
            .join(', '),
        ]),
      ]),
    ),
  )
}

/**
 * @param {string} who
 * @param {VisitorPage['conversations']} first
 * @param {string | null} firstCursor
 */
function conversationList(who, first, firstCursor) {
  const list = element('ol', { class: 'list visitor-list' })
  const older = element('button', { type: 'button', class: 'quiet older' }, ['Show older conversations'])
  let cursor = firstCursor
  /** @param {VisitorPage['conversations']} conversations */
  const add = (conversations) => {
    for (const one of conversations) {
      const item = createItem(one, false, addressOf({ view: 'conversations', id: one.id }))
      item.querySelector('time')?.replaceWith(timeElement(one.createdAt, 'full'))
      list.append(item)
    }
    older.hidden = cursor === null
  }
  older.addEventListener('click', async () => {
    const page = await readPage(who, cursor)
    cursor = page?.nextCursor ?? null
    add(page?.conversations ?? [])
  })
  add(first)
  return element('div', {}, [list, older])
}

/**
 * @param {string} name
 * @param {Node | string} value
 */
const fact = (name, value) => [element('dt', {}, [name]), element('dd', {}, [value])]

/** @param {string} text */
const code = (text) => element('code', { dir: 'auto' }, [text])
