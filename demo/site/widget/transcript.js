/**
 * What was said so far, kept for this tab, so that the chat goes on over the pages of the site.
 *
 * @typedef {{ url: string, label: string }} Source
 * @typedef {{ id: string, role: 'user' | 'assistant', content: string, sources?: Source[], stopped?: boolean }} Message
 */

const key = 'ask-osier'

/** @returns {Message[]} in the order they were said; empty in a new tab, or where the browser keeps nothing */
export function readTranscript() {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? '[]')
  } catch {
    return []
  }
}

/** @param {Message[]} messages all of them: what was kept before is replaced */
export function keepTranscript(messages) {
  try {
    sessionStorage.setItem(key, JSON.stringify(messages))
  } catch {
    // Storage is denied or full: the chat works, and ends with this page.
  }
}
