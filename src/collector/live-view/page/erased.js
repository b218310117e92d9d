import { send } from './session.js'

/** Ids that one request asks for. */
const askedAtOnce = 100

/** How long a page waits before it asks again, in milliseconds: a program may erase very many, one after the other. */
const restMs = 1_000

/**
 * Finds out which of the conversations that the page shows were erased. The collector only says that some were.
 *
 * @param {() => string[]} shownIds
 * @param {(ids: Set<string>) => void} gone called with those that are not stored any more, none too
 * @returns {() => void} looks, now or soon: however often it is called, one request is on its way at a time
 */
export function createLook(shownIds, gone) {
  let isAsked = false
  let isLooking = false

  async function look() {
    isLooking = true
    while (isAsked) {
      isAsked = false
      const shown = shownIds()
      const left = await storedOf(shown)
      if (left) gone(new Set(shown.filter((id) => !left.has(id))))
      await new Promise((resolve) => setTimeout(resolve, restMs))
    }
    isLooking = false
  }

  return () => {
    isAsked = true
    if (!isLooking) look()
  }
}

/**
 * @param {string[]} ids
 * @returns {Promise<Set<string> | null>} those that are stored; `null` where the collector doesn't say
 */
async function storedOf(ids) {
  const stored = new Set()
  for (let from = 0; from < ids.length; from += askedAtOnce) {
    const answer = await send('/live-view/stored', { ids: ids.slice(from, from + askedAtOnce) })
    if (!answer.ok) return null
    for (const id of answer.answer.ids) stored.add(id)
  }
  return stored
}
