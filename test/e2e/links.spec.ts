import type { Page } from 'playwright/test'
import { isCoreLate } from './chat-page.ts'
import { answer, expect, flush, test } from './fixtures.ts'
import type { TestCollector } from './test-collector.ts'

/** An answer in a chat widget, with a link to a page that isn't instrumented. */
const widget = `<div data-chatlog><p>See <a id="link" href="/guide?a=1#part"><b>the guide</b></a></p></div>`

/** Links clicked in stored messages and conversations: `[where, url, label]`. */
const storedClicks = async (collector: TestCollector) => {
  const clicksOf = (properties: unknown) =>
    (properties as { chatlog?: { linkClicks?: { url: string; label: string }[] } } | null)?.chatlog?.linkClicks ?? []
  return (await collector.stored()).flatMap(({ messages, properties }) => [
    ...clicksOf(properties).map(({ url, label }) => ['conversation', url, label]),
    ...messages.flatMap((message) =>
      clicksOf(message.properties).map(({ url, label }) => [message.content, url, label]),
    ),
  ])
}

/** Records whether any listener of the page would see the click prevented, and the link's address changed. */
const watchClicks = (page: Page) =>
  page.evaluate(() => {
    for (const type of ['click', 'auxclick']) {
      addEventListener(type, (event) => {
        const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement)
        Object.assign(window, { seen: { prevented: event.defaultPrevented, href: link?.getAttribute('href') } })
      })
    }
  })

test.describe('a link in an answer', () => {
  const guide = (origin: string) => `${origin}/guide?a=1#part`

  test.beforeEach(async ({ page, site }) => {
    site.rawPage('/guide', '<!doctype html><title>Guide</title>')
    await site.open(page, site.page('/', { body: widget }))
    await answer(page, 'See [the guide](/guide?a=1#part)')
    await watchClicks(page)
  })

  test('is recorded when it is clicked, and opens', async ({ page, site, collector }) => {
    test.skip(isCoreLate, 'The click waits for a page where the core comes.')
    await page.click('#link')
    await page.waitForURL('**/guide?a=1#part')

    await expect
      .poll(() => storedClicks(collector))
      .toEqual([['See [the guide](/guide?a=1#part)', guide(site.origin), 'the guide']])
  })

  test('is recorded when it is opened with the keyboard', async ({ page, site, collector }) => {
    test.skip(isCoreLate, 'The click waits for a page where the core comes.')
    await page.focus('#link')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/guide?a=1#part')

    await expect.poll(async () => (await storedClicks(collector)).map(([, url]) => url)).toEqual([guide(site.origin)])
  })

  for (const [name, options] of [
    ['the middle button', { button: 'middle' }],
    ['Ctrl held', { modifiers: ['ControlOrMeta'] }],
  ] as const) {
    test(`is recorded when it is clicked with ${name}, and opens in a new tab`, async ({
      page,
      site,
      collector,
      context,
    }) => {
      const opened = context.waitForEvent('page')
      await page.click('#link', { ...options, modifiers: 'modifiers' in options ? [...options.modifiers] : [] })

      expect((await opened).url()).toMatch(/guide|about:blank/)
      await expect.poll(async () => (await storedClicks(collector)).map(([, url]) => url)).toEqual([guide(site.origin)])
      expect(await page.evaluate('seen')).toEqual({ prevented: false, href: '/guide?a=1#part' })
    })
  }

  test('is not recorded by the right button', async ({ page, collector }) => {
    await page.click('#link', { button: 'right' })
    await flush(page)

    expect(await storedClicks(collector)).toEqual([])
    expect(await collector.transcripts()).toHaveLength(1)
  })
})

test('a link that leaves the site is recorded in the moment of leaving', async ({ page, site, collector }) => {
  site.rawPage('/elsewhere', '<!doctype html>')
  const elsewhere = `${site.otherOrigin}/elsewhere`
  await site.open(
    page,
    site.page('/', { body: `<div data-chatlog><a id="link" href="${elsewhere}">Elsewhere</a></div>` }),
  )
  await answer(page, `Look at ${elsewhere}`)
  await flush(page)

  await page.click('#link')
  await page.waitForURL(elsewhere)

  await expect.poll(() => storedClicks(collector)).toEqual([[`Look at ${elsewhere}`, elsewhere, 'Elsewhere']])
})

test('a click goes to the message whose element it is in', async ({ page, site, collector }) => {
  const body = `<div data-chatlog>
    <div data-chatlog-message="a1"><a id="first" href="#same">First</a></div>
    <div data-chatlog-message="a2"><a id="second" href="#same">Second</a></div>
  </div>`
  await site.open(page, site.page('/', { body }))
  await answer(page, 'one', { id: 'a1' })
  await answer(page, 'two', { id: 'a2' })

  await page.click('#first')
  await flush(page)

  expect(await storedClicks(collector)).toEqual([['one', `${site.origin}/#same`, 'First']])
})

test('a click on a link that no message holds goes to the conversation', async ({ page, site, collector }) => {
  await site.open(page, site.page('/', { body: '<div data-chatlog><a id="link" href="#help">Help</a></div>' }))
  await answer(page, 'Nothing about links')

  await page.click('#link')
  await flush(page)

  expect(await storedClicks(collector)).toEqual([['conversation', `${site.origin}/#help`, 'Help']])
})

test('links outside the chat, and ones that are no links, are none of our business', async ({
  page,
  site,
  collector,
}) => {
  const body = `<a id="outside" href="#outside">Outside</a><div data-chatlog><a id="bare">No link</a><button id="button">B</button></div>`
  await site.open(page, site.page('/', { body }))
  await answer(page, 'Hello')

  for (const id of ['outside', 'bare', 'button']) await page.click(`#${id}`)
  await flush(page)

  expect(await storedClicks(collector)).toEqual([])
})

test('a site that turns capturing off records only what it says itself', async ({ page, site, collector }) => {
  await site.open(page, site.page('/', { tag: { 'capture-links': 'false' }, body: widget }))
  await answer(page, 'Hello', { id: 'a1' })

  await page.click('#link', { modifiers: ['ControlOrMeta'] })
  await page.evaluate(() => window.chatlog.trackLinkClick({ url: '/said', label: 'Said', messageId: 'a1' }))
  await flush(page)

  expect(await storedClicks(collector)).toEqual([['Hello', `${site.origin}/said`, 'Said']])
})

for (const mode of ['open', 'closed'] as const) {
  test(`a link in ${mode === 'open' ? 'an open' : 'a registered closed'} shadow root is recorded`, async ({
    page,
    site,
    collector,
  }) => {
    await site.open(page, site.page('/', { body: '<div id="host" data-chatlog></div>' }))
    await page.evaluate((mode) => {
      const host = document.querySelector('#host') as HTMLElement
      const root = host.attachShadow({ mode })
      root.innerHTML = '<p><a href="#inside" style="position:fixed;top:0;left:0">Inside</a></p>'
      if (mode === 'closed') window.chatlog.registerRoot(root)
    }, mode)
    await answer(page, 'Hello')

    await page.mouse.click(5, 8)
    await flush(page)

    expect(new URL(page.url()).hash).toBe('#inside')
    expect(await storedClicks(collector)).toEqual([['conversation', `${site.origin}/#inside`, 'Inside']])
  })
}

test('a click that is handled by the widget itself stays the widget’s', async ({ page, site, collector }) => {
  const body = `<div data-chatlog><a id="link" href="/nowhere" onclick="event.preventDefault(); event.stopImmediatePropagation()">L</a></div>`
  await site.open(page, site.page('/', { body }))
  await answer(page, 'Hello')

  await page.click('#link')
  await flush(page)

  expect(new URL(page.url()).pathname).toBe('/')
  expect(await storedClicks(collector)).toEqual([['conversation', `${site.origin}/nowhere`, 'L']])
})

test('odd links neither throw nor get lost', async ({ page, site, collector }) => {
  const errors: Error[] = []
  page.on('pageerror', (error) => errors.push(error))
  const body = `<div data-chatlog>
    <svg width="50" height="20"><a id="svg" href="#svg"><text y="15">Drawn</text></a></svg>
    <a id="mail" href="mailto:help@example.com" onclick="event.preventDefault()">Mail</a>
    <a id="invalid" href="http://[" onclick="event.preventDefault()">Invalid</a>
    <a id="long" href="#long">${'long '.repeat(500)}</a>
  </div>`
  await site.open(page, site.page('/', { body }))
  await answer(page, 'Hello')

  for (const selector of ['#svg text', '#mail', '#invalid', '#long']) await page.click(selector)
  await flush(page)

  const clicks = await storedClicks(collector)
  expect(clicks.map(([, url]) => url)).toEqual([
    `${site.origin}/#svg`,
    'mailto:help@example.com',
    `${site.origin}/#long`,
  ])
  expect(clicks.map(([, , label]) => label?.length)).toEqual([5, 4, 200])
  expect(errors).toEqual([])
})

test('a linked image is recorded with its alternative text', async ({ page, site, collector }) => {
  const body = `<div data-chatlog><a id="link" href="#image"><img alt="A picture" width="20" height="20" src="data:,"></a></div>`
  await site.open(page, site.page('/', { body }))
  await answer(page, 'Hello')
  await page.click('#link')
  await flush(page)

  expect(JSON.stringify(await collector.stored())).toContain('"label":"A picture"')
})
