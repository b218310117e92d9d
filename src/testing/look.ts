import type { BrowserContext, Frame, Page } from 'playwright/test'
import type { Chatlog, State } from '../script/chatlog.ts'

/** How chatlog stands in one document of a test's pages. */
export interface Looked {
  url: string
  /** Whether the document is the page itself, and not a frame in it. */
  isMain: boolean
  /** State of the instance; `null` where there is none at `window.chatlog`. */
  state: State | null
  /** Names of calls that were made before chatlog was there, and wait. `null` where there is no stub. */
  queued: string[] | null
  /** The script has loaded and waits for `chatlog.init(…)`. */
  awaitsInit: boolean
  tags: LookedTag[]
  /** The origin's cookies, keys and databases that are chatlog's by their names. */
  kept: string[]
}

/** A script tag that loads chatlog, by its name or its key. */
export interface LookedTag {
  src: string
  hasKey: boolean
  /** As the page gives it; `null` where it doesn't. */
  endpoint: string | null
  /** Selectors of a widget that is observed, which match nothing now, by the attribute's name. */
  unmatched: Record<string, string>
}

/** Longest wait for a page's answer, in milliseconds: a dialog or a debugger may have stopped the page. */
const patienceMs = 2_000

/** Every frame of every open page. */
export const framesOf = (contexts: readonly BrowserContext[]): Frame[] =>
  contexts.flatMap((context) => context.pages().flatMap((page: Page) => page.frames()))

/** What each document says; a page that is closing, or answers nothing, is left out. */
export async function lookInto(contexts: readonly BrowserContext[]): Promise<Looked[]> {
  const looked = framesOf(contexts).map(async (frame) => {
    const seen = await withinPatience(frame.evaluate(look)).catch(() => null)
    return seen ? [{ url: frame.url(), isMain: !frame.parentFrame(), ...seen }] : []
  })
  return (await Promise.all(looked)).flat()
}

/** The result, or `null` when it takes too long. */
export async function withinPatience<Result>(work: Promise<Result>, ms = patienceMs): Promise<Result | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  return Promise.race([work, end]).finally(() => clearTimeout(timer))
}

/** Runs in the page. */
async function look(): Promise<Omit<Looked, 'url' | 'isMain'>> {
  const { chatlog } = window as { chatlog?: Partial<Chatlog> & { q?: unknown[][]; init?: unknown } }
  const attributes = ['observe', 'user', 'assistant']
  const matchesNothing = (selector: string) => {
    try {
      return !document.querySelector(selector)
    } catch {
      return false // chatlog's own console line says that it is no selector
    }
  }
  const tags = [...document.querySelectorAll('script')]
    .filter(({ dataset, src }) => dataset.apiKey || /chatlog[^/]{0,80}\.js/.test(src))
    .map(({ dataset, src }) => ({
      src,
      hasKey: !!dataset.apiKey,
      endpoint: dataset.endpoint ?? null,
      unmatched: Object.fromEntries(
        attributes.flatMap((name) => {
          const selector = dataset[name]
          return selector && matchesNothing(selector) ? [[`data-${name}`, selector]] : []
        }),
      ),
    }))
  const named = (names: Iterable<string | null | undefined>) =>
    [...names].filter((name) => /^chatlog([_:].*)?$/.test(name ?? ''))
  const kept: string[] = []
  try {
    const cookies = document.cookie.split('; ').map((cookie) => cookie.split('=')[0])
    const databases = (await indexedDB.databases()).map(({ name }) => name)
    kept.push(...named(cookies).map((name) => `cookie ${name}`), ...named(databases).map((name) => `database ${name}`))
    for (const [kind, storage] of Object.entries({ localStorage, sessionStorage })) {
      kept.push(...named(Object.keys(storage)).map((name) => `${kind} ${name}`))
    }
  } catch {
    // A sandboxed document has no storage: nothing is kept there.
  }
  return {
    state: chatlog?.getState?.() ?? null,
    queued: Array.isArray(chatlog?.q) && !chatlog.getState ? chatlog.q.map(([name]) => String(name)) : null,
    awaitsInit: !!chatlog?.init && !chatlog.getState,
    tags,
    kept,
  }
}
