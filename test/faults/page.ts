import { type ChatPage, chatPageHtml } from '../e2e/chat-page.ts'
import { hasFetchLater, hasLocks, server } from './form.ts'

export interface Saying {
  first?: number
  count?: number
  characters?: number
  filler?: string
  role?: 'user'
}

/** What the test's page offers to the test, under `window.faults`. */
export interface PageUnderTest {
  /**
   * Records messages numbered from `first`, in this task: a visitor's and an answer by turns, unless `role` is given.
   * Each is `characters` long, filled with `filler`.
   */
  say(given?: Saying): void
  /** The same, but with messages that don't count: what was said before the row's own began. */
  sayHistory(given?: Saying): void
  /** Keeps this task from ending. */
  stayBusy(ms: number): void
  /** Tells the site's server, within this task. */
  tell(what: string): void
  /** Resolves once the browser has written what chatlog's database has been given so far. */
  written(): Promise<void>
  localStorageCharacters(): number
  /** The most that was seen when a document began, or by `localStorageCharacters`. */
  largestLocalStorage: number
}

declare global {
  interface Window {
    faults: PageUnderTest
  }
}

const filler =
  'Open the settings, choose “Billing”, and the invoice of each month stands in the list with its number, date and sum. '

/** Runs at the start of each document, before the tag. Stands alone: it is sent to the browser as text. */
export function offerFaults(filler: string): void {
  const measure = () => {
    let characters = 0
    try {
      for (const [key, value] of Object.entries(localStorage)) {
        if (key !== 'of the site') characters += key.length + String(value).length
      }
    } catch {
      // denied: nothing is used
    }
    offered.largestLocalStorage = Math.max(offered.largestLocalStorage, characters)
    return characters
  }
  const say = (mark: string, { first = 1, count = 10, characters = 40, filler: given = filler, role }: Saying = {}) => {
    for (let number = first; number < first + count; number++) {
      const start = `${mark}${number} `
      const rest = given.repeat(Math.ceil(characters / given.length)).slice(0, characters - start.length)
      window.chatlog.trackMessage({ role: role ?? (number % 2 ? 'user' : 'assistant'), content: start + rest })
    }
  }
  const offered: PageUnderTest = {
    say: (given) => say('#', given),
    sayHistory: (given) => say('before ', given),
    stayBusy(ms) {
      const end = performance.now() + ms
      while (performance.now() < end);
    },
    tell(what) {
      const request = new XMLHttpRequest()
      request.open('GET', `/told/${what}`, false)
      request.send()
    },
    written: () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('chatlog')
        opening.onerror = () => reject(opening.error)
        // A database that the script has not asked for would be ours, and empty; and then nothing is to be written.
        opening.onupgradeneeded = () => {
          opening.onerror = () => resolve()
          opening.transaction?.abort()
        }
        opening.onsuccess = () => {
          // Transactions that write take their turn: this one begins once those before it are done.
          const turn = opening.result.transaction('rows', 'readwrite', { durability: 'relaxed' })
          turn.objectStore('rows').get(0)
          turn.oncomplete = () => resolve()
          turn.onabort = () => reject(turn.error)
        }
      }),
    localStorageCharacters: measure,
    largestLocalStorage: 0,
  }
  window.faults = offered
  measure()
}

/** For a page's `head`: runs code once the tag's instance is there, in the same task. */
export const onInit = (code: string): string =>
  `<script>document.addEventListener('load', ({ target }) => {
    if (target.dataset?.apiKey) { ${code} }
  }, true)</script>`

/** The page that a row opens: the tag, and `window.faults` before it. */
export function pageUnderTest(page: ChatPage, to: { webKey: string; endpoint: string }): string {
  const lacks = [
    ...(hasFetchLater ? [] : ['delete window.fetchLater']),
    ...(hasLocks ? [] : ['delete Navigator.prototype.locks']),
  ]
  const offer = `<script>(${offerFaults})(${JSON.stringify(filler)}); ${lacks.join('; ')}</script>`
  return chatPageHtml({ ...page, head: `${offer}${page.head ?? ''}`, tag: { server, ...page.tag } }, to)
}
