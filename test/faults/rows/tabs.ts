import type { Page } from 'playwright'
import type { HeldConversation } from '../collector-under-test.ts'
import type { Row } from '../row.ts'
import { type Stage, until } from '../stage.ts'

/** Two tabs that show the same chat. */
async function openTwo({ open }: Stage, body = ''): Promise<[Page, Page]> {
  const page = { body }
  const tabs: [Page, Page] = [await open(page), await open(page)]
  for (const tab of tabs) await tab.evaluate(() => window.chatlog.startConversation({ id: 'chat' }))
  return tabs
}

const knows = (tab: Page, messages: number) =>
  until(() => tab.evaluate((count) => (window.chatlog.getState().conversations[0]?.messages ?? 0) >= count, messages))

/** What the stale tab had armed came, else the row says nothing. */
function staleBodyCame({ line }: Stage): void {
  const sizes = line.requests.map(({ body }) => (body ? JSON.parse(body).messages.length : 0))
  if (!sizes.includes(5)) throw new Error('no request of the stale tab came')
}

/** A tab that hangs holds five messages of ten, with a request armed; the other holds all. Both go. */
const staleTab = (order: 'stale first' | 'stale last') => async (stage: Stage) => {
  const [stale, fresh] = await openTwo(stage)
  await stale.evaluate(() => window.faults.say({ count: 5 }))
  await knows(fresh, 5)
  stale.evaluate(() => window.faults.stayBusy(60_000)).catch(() => {}) // it never ends
  await fresh.evaluate(() => window.faults.say({ first: 6, count: 5 }))
  for (const tab of order === 'stale first' ? [stale, fresh] : [fresh, stale]) {
    await tab.close()
    await stage.line.quiet(300)
  }
}

const linkUrl = (number: number) => `https://docs.example.com/pages/${number}`

const links = Array.from({ length: 10 }, (_, index) => `<a href="${linkUrl(index + 1)}">Page ${index + 1}</a>`)

const clickNumbers = (held: readonly HeldConversation[]): number[] =>
  held
    .flatMap(({ messages }) => messages)
    .flatMap(({ properties }) => (properties?.chatlog as { linkClicks?: { url: string }[] })?.linkClicks ?? [])
    .map(({ url }) => Number(url.split('/').at(-1)))
    .sort((a, b) => a - b)

/** Several tabs of one conversation. */
export const tabs: readonly Row[] = [
  {
    name: 'two tabs writing in turn',
    early: { inTurn: false },
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife(stage) {
      const both = await openTwo(stage)
      for (let number = 1; number <= 10; number++) {
        await both[number % 2 ? 0 : 1].evaluate((first) => window.faults.say({ first, count: 1 }), number)
      }
      for (const tab of both) await stage.delivered(tab)
    },
  },
  {
    name: 'two tabs, one stale, which closes first',
    promise: { firstLife: 5, afterNext: 10 },
    firstLife: staleTab('stale first'),
    check: staleBodyCame,
  },
  {
    name: 'two tabs, one stale, which closes last',
    promise: { firstLife: 5, afterNext: 10 },
    firstLife: staleTab('stale last'),
    check: staleBodyCame,
  },
  {
    name: 'two tabs clicking links in one message',
    numbers: clickNumbers,
    promise: { firstLife: 10, afterNext: 10 },
    async firstLife(stage) {
      const body = `<div data-chatlog data-chatlog-message="answer" onclick="event.preventDefault()">${links}</div>`
      const both = await openTwo(stage, body)
      await both[0].evaluate(() => {
        window.chatlog.trackMessage({ id: 'answer', role: 'assistant', content: 'See these pages.' })
      })
      await knows(both[1], 1)
      const clickFrom = (tab: Page, first: number) =>
        tab.evaluate((from) => {
          const anchors = [...document.querySelectorAll('a')]
          for (const anchor of anchors.slice(from - 1, from + 4)) anchor.click()
        }, first)
      await Promise.all([clickFrom(both[0], 1), clickFrom(both[1], 6)])
      for (const tab of both) await stage.delivered(tab)
    },
  },
]
