import type { BrowserContext, Page } from 'playwright/test'
import { type BrowserStorage, readBrowserStorage } from './everything-kept.ts'
import { expect, flush, type Site, say, started, test } from './fixtures.ts'
import type { TestCollector } from './test-collector.ts'

const nothing: BrowserStorage = { cookies: [], localStorage: [], sessionStorage: [], databases: [] }

/** What the visitor does with the banner, one after the other; a question is asked after each step. */
type Step = 'pending' | 'granted' | 'denied' | 'next page' | 'second tab'

/** Orders after which there must be no trace. */
const leaveNothing: Record<string, Step[]> = {
  'not answered': ['pending'],
  'not answered on the next page either': ['pending', 'next page'],
  refused: ['pending', 'denied'],
  'refused on the next page': ['pending', 'next page', 'denied'],
  'refused on every page': ['denied', 'next page', 'denied'],
  'granted, then refused': ['pending', 'granted', 'denied'],
  'granted, then refused on the next page': ['granted', 'next page', 'denied'],
  'refused, granted, then refused again': ['denied', 'granted', 'denied'],
  'granted, refused, asked again': ['granted', 'denied', 'pending'],
  'granted, then refused in another tab': ['granted', 'second tab', 'denied'],
}

/** Orders that end with a grant, and the questions that must be stored then. */
const leaveSome: Record<string, [steps: Step[], asked: string[]]> = {
  'granted late': [
    ['pending', 'granted'],
    ['1 pending', '2 granted'],
  ],
  'granted on the next page': [
    ['pending', 'next page', 'granted'],
    ['2 next page', '3 granted'],
  ],
  'refused, then granted': [['denied', 'granted'], ['2 granted']],
  'granted, refused, granted: two minds twice': [['granted', 'denied', 'granted'], ['3 granted']],
}

/** Requests that the browser itself has sent to the collector. */
function countRequests(context: BrowserContext, endpoint: string): () => number {
  let sent = 0
  context.on('request', (request) => {
    if (request.url().startsWith(endpoint)) sent += 1
  })
  return () => sent
}

/** A site with a banner that the visitor answers; every page asks for consent anew, as a slow banner does. */
async function walk(steps: Step[], { page, site }: { page: Page; site: Site }): Promise<Page> {
  const address = site.page('/banner', { tag: { consent: 'pending' } })
  let current = page
  await site.open(current, address)
  for (const [index, step] of steps.entries()) {
    if (step === 'next page') {
      await current.goto(`${address}?${index}`)
      await started(current)
    } else if (step === 'second tab') {
      current = await page.context().newPage()
      await site.open(current, address)
    } else {
      await current.evaluate((consent) => window.chatlog.setConsent(consent), step)
    }
    await say(current, `${index + 1} ${step}`)
    // What would be sent is sent now: what isn't there after it, isn't late.
    if (step === 'granted') await flush(current)
  }
  return current
}

const storageOf = (page: Page) => () => readBrowserStorage(page.context(), page)

/** Wakes everything that may still write or send: the page hides, is shown again, and flushes. */
async function stir(page: Page): Promise<void> {
  for (const state of ['hidden', 'visible']) {
    await page.evaluate((visibility) => {
      Object.defineProperty(document, 'visibilityState', { value: visibility, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)
  }
  await flush(page)
}

/** Whether what was asked after that step was granted: then, or while it was still open. */
const mayArrive = (steps: Step[], index: number): boolean =>
  steps[index] !== 'denied' && steps.slice(index).includes('granted')

for (const [name, steps] of Object.entries(leaveNothing)) {
  test(`${name}: no cookie, no storage of any kind, and nothing more is sent`, async ({
    page,
    site,
    collector,
    context,
  }) => {
    const sent = countRequests(context, collector.endpoint)
    await walk(steps, { page, site })
    const sentWhileGranted = steps.includes('granted') ? sent() : 0

    for (const tab of context.pages()) await expect.poll(storageOf(tab), { timeout: 3_000 }).toEqual(nothing)
    for (const tab of context.pages()) {
      await say(tab, 'too late')
      await stir(tab)
      expect(await storageOf(tab)()).toEqual(nothing)
    }

    expect(sent()).toBe(sentWhileGranted)
    await context.close()
    await arrivedAfterClose(collector)
    const never = [
      'too late',
      ...steps.flatMap((step, index) => (mayArrive(steps, index) ? [] : `${index + 1} ${step}`)),
    ]
    expect(questionsOf(collector).filter((question) => never.includes(question as string))).toEqual([])
  })
}

for (const [name, [steps, asked]] of Object.entries(leaveSome)) {
  test(`${name}: what was asked since is stored, and nothing from before a refusal`, async ({
    page,
    site,
    collector,
  }) => {
    const last = await walk(steps, { page, site })
    await flush(last)

    const stored = await collector.stored()
    expect(stored.at(-1)?.messages.map(({ content }) => content)).toEqual(asked)
  })
}

/** Contents of everything that ever arrived. */
const questionsOf = ({ upserts }: TestCollector) =>
  upserts().flatMap(({ messages }) => messages.map(({ content }) => content))

/** A request of the closing browser, if there is one, is before this one. */
const arrivedAfterClose = ({ endpoint }: TestCollector) => fetch(endpoint, { method: 'OPTIONS' })
