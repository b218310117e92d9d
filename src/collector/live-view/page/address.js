/** Names of the filters, as the collector's requests spell them. */
export const filterNames = [
  ...['text', 'visitor', 'from', 'to', 'tag', 'page', 'clicked', 'clicks', 'feedback', 'answer'],
  ...['askedAgain', 'notFound', 'minMessages', 'maxMessages'],
]

/** The views beside the list of conversations, by the name that the address gives them. */
const otherViews = ['statistics', 'refused', 'keys', 'audit']

/**
 * What the address says: the view, the conversation and the filters, after its `#`. That part never leaves the browser,
 * so that no log of a proxy holds what was searched for.
 */
export function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1))
  const filters = new URLSearchParams()
  for (const name of filterNames) {
    const value = given.get(name)?.trim()
    if (value) filters.set(name, value)
  }
  const who = given.get('who')
  const view = otherViews.find((name) => name === given.get('view')) ?? (who ? 'visitor' : 'conversations')
  return { view, who, id: given.get('id'), filters }
}

/**
 * An address within the live view.
 *
 * @param {{ view?: string, id?: string | null, filters?: URLSearchParams }} place what is left out is as it is now; but
 *   with other filters, or in another view, no conversation is chosen
 */
export function addressOf({ view, id, filters }) {
  const now = readAddress()
  const place = new URLSearchParams(filters ?? now.filters)
  if (otherViews.includes(view ?? now.view)) place.set('view', view ?? now.view)
  const chosen = id === undefined && view === undefined && filters === undefined ? now.id : id
  if (chosen) place.set('id', chosen)
  return `#${place}`
}

/**
 * The address of a visitor's page.
 *
 * @param {string} who one of the visitor's ids
 */
export const visitorAddress = (who) => `#${new URLSearchParams({ who })}`

/**
 * An address with one filter more, in the list of conversations.
 *
 * @param {string} name
 * @param {string} value
 */
export function addressWith(name, value) {
  const filters = new URLSearchParams(readAddress().filters)
  filters.set(name, value)
  return addressOf({ view: 'conversations', filters })
}
