import { expect } from 'playwright/test'
import type { Tab } from '../engine.ts'
import type { EnginePromise } from '../promise.ts'
import { answer, arrived, click, flush, type Stage, say, storedAtTheEnd } from '../stage.ts'

/** Links clicked in stored messages and conversations: `[where, url, label]`. */
async function storedClicks({ collector }: Stage): Promise<string[][]> {
  const clicksOf = (properties: unknown) =>
    (properties as { chatlog?: { linkClicks?: { url: string; label: string }[] } } | null)?.chatlog?.linkClicks ?? []
  return (await collector.stored()).flatMap(({ messages, properties }) => [
    ...clicksOf(properties).map(({ url, label }) => ['conversation', url, label]),
    ...messages.flatMap((message) =>
      clicksOf(message.properties).map(({ url, label }) => [String(message.content), url, label]),
    ),
  ])
}

/** Opens a page with a widget, in which an answer holds what is given, and `/guide` to go to. */
async function openWidget({ open, page, site }: Stage, content: string, outside = ''): Promise<Tab> {
  site.put('/guide', '<!doctype html><title>Guide</title>')
  const tab = await open(page('/', { body: `<div data-chatlog><p>${content}</p></div>${outside}` }))
  await answer(tab, 'See /guide?a=1#part')
  return tab
}

const link = '<a id="link" href="/guide?a=1#part"><b>the guide</b></a>'

const guideOf = ({ site }: Stage) => `${site.origin}/guide?a=1#part`

/** The click of the link that is in the answer. */
const clickOnGuide = (stage: Stage) => [['See /guide?a=1#part', guideOf(stage), 'the guide']]

/** A link whose click stays in the page, so that the page can be asked to deliver it. */
const stays = (id: string, content = 'Here') => `<a id="${id}" href="#${id}">${content}</a>`

export const links: readonly EnginePromise[] = [
  {
    name: 'A link that is clicked is recorded, and opens',
    async keep(stage) {
      const tab = await openWidget(stage, link)

      await click(tab, '#link')
      await arrived(tab, guideOf(stage))

      await storedAtTheEnd(stage, () => storedClicks(stage), clickOnGuide(stage))
    },
  },
  {
    name: 'A link that is opened with the keyboard is recorded',
    async keep(stage) {
      const tab = await openWidget(stage, link)

      await tab.evaluate(() => document.querySelector<HTMLElement>('#link')?.focus())
      await tab.pressEnter()
      await arrived(tab, guideOf(stage))

      await storedAtTheEnd(stage, () => storedClicks(stage), clickOnGuide(stage))
    },
  },
  {
    name: 'A link that is clicked with the middle button is recorded, and opens in a new tab',
    async keep(stage) {
      const tab = await openWidget(stage, link)

      await click(tab, '#link', 'middle')

      await expect.poll(() => stage.site.visited).toContain('/guide')
      await expect.poll(() => storedClicks(stage)).toEqual(clickOnGuide(stage))
      expect(await tab.address()).toBe(`${stage.site.origin}/`)
    },
  },
  {
    name: 'A link that is clicked with Ctrl held is recorded, and opens',
    async keep(stage) {
      const tab = await openWidget(stage, link)

      await click(tab, '#link', 'left with Ctrl held')

      await expect.poll(() => stage.site.visited).toContain('/guide')
      await expect.poll(() => storedClicks(stage)).toEqual(clickOnGuide(stage))
    },
  },
  {
    name: 'A link with `target="_blank"` is recorded, and opens in a new tab',
    async keep(stage) {
      const tab = await openWidget(stage, link.replace('<a', '<a target="_blank"'))

      await click(tab, '#link')

      await expect.poll(() => stage.site.visited).toContain('/guide')
      await expect.poll(() => storedClicks(stage)).toEqual(clickOnGuide(stage))
      expect(await tab.address()).toBe(`${stage.site.origin}/`)
    },
  },
  {
    name: 'A link that leaves the site is recorded in the moment of leaving',
    async keep(stage) {
      const elsewhere = `${stage.site.otherOrigin}/guide`
      const tab = await openWidget(stage, `<a id="link" href="${elsewhere}">Elsewhere</a>`)
      await flush(tab)

      await click(tab, '#link')
      await arrived(tab, elsewhere)

      await storedAtTheEnd(stage, () => storedClicks(stage), [['conversation', elsewhere, 'Elsewhere']])
    },
  },
  {
    name: 'The right button records nothing',
    async keep(stage) {
      const tab = await openWidget(stage, link)

      await click(tab, '#link', 'right')
      await flush(tab)

      expect(await storedClicks(stage)).toEqual([])
      expect(await stage.collector.transcripts()).toHaveLength(1)
    },
  },
  {
    name: 'A click goes to the message whose element it is in',
    async keep(stage) {
      const elements = ['a1', 'a2'].map((id) => `<span data-chatlog-message="${id}">${stays(id)}</span>`)
      const tab = await openWidget(stage, elements.join(' '))
      await answer(tab, 'one', { id: 'a1' })
      await answer(tab, 'two', { id: 'a2' })

      await click(tab, '#a1')
      await flush(tab)

      expect(await storedClicks(stage)).toEqual([['one', `${stage.site.origin}/#a1`, 'Here']])
    },
  },
  ...(['open', 'closed'] as const).map((mode) => ({
    name: `A link in ${mode === 'open' ? 'an open' : 'a registered closed'} shadow root is recorded`,
    async keep(stage: Stage) {
      const tab = await openWidget(stage, '<span id="host"></span>')
      await tab.evaluate((mode) => {
        const root = (document.querySelector('#host') as HTMLElement).attachShadow({ mode })
        root.innerHTML = '<a href="#inside">Inside</a>'
        if (mode === 'closed') window.chatlog.registerRoot(root)
      }, mode)

      await click(tab, '#host')
      await arrived(tab, `${stage.site.origin}/#inside`)
      await flush(tab)

      expect(await storedClicks(stage)).toEqual([['conversation', `${stage.site.origin}/#inside`, 'Inside']])
    },
  })),
  {
    name: 'A drawn link and a linked picture are recorded, with their text',
    async keep(stage) {
      const drawn = '<svg width="60" height="20"><a href="#drawn"><text id="drawn" y="15">Drawn</text></a></svg>'
      const picture = stays('picture', '<img alt="A picture" width="20" height="20" src="data:,">')
      const tab = await openWidget(stage, `${drawn} ${picture}`)

      await click(tab, '#drawn')
      await click(tab, '#picture')
      await flush(tab)

      expect((await storedClicks(stage)).map(([, ...clicked]) => clicked)).toEqual([
        [`${stage.site.origin}/#drawn`, 'Drawn'],
        [`${stage.site.origin}/#picture`, 'A picture'],
      ])
    },
  },
  {
    name: 'A click that the widget handles itself is recorded, and stays the widget’s',
    async keep(stage) {
      const handled = 'onclick="event.preventDefault(); event.stopImmediatePropagation()"'
      const tab = await openWidget(stage, link.replace('<a', `<a ${handled}`))

      await click(tab, '#link')
      await flush(tab)

      expect(await tab.address()).toBe(`${stage.site.origin}/`)
      expect(await storedClicks(stage)).toEqual(clickOnGuide(stage))
    },
  },
  {
    name: 'A link outside the chat, a button and what is no link record nothing',
    async keep(stage) {
      const nothing = '<a id="bare">No link</a> <button id="button">Button</button>'
      const tab = await openWidget(stage, nothing, stays('outside'))

      for (const id of ['outside', 'bare', 'button']) await click(tab, `#${id}`)
      await say(tab, 'Nothing clicked')
      await flush(tab)

      expect(await tab.address()).toBe(`${stage.site.origin}/#outside`)
      expect(await storedClicks(stage)).toEqual([])
    },
  },
]
