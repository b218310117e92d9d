import { Window } from 'happy-dom'
import { describe, expect, test } from 'vitest'
import { marksOf } from './fakes/fake-endpoint.ts'
import { fakePage } from './fakes/fake-platform.ts'

/** The element with the id `clicked` and all around it, from the inside out, as a click's path gives them. */
function pathOf(html: string): Element[] {
  const { document } = new Window()
  document.body.innerHTML = html
  const path: Element[] = []
  let element = document.querySelector('#clicked') as unknown as Element | null
  for (; element; element = element.parentElement) path.push(element)
  return path
}

/** A page on which something was said; `click` clicks in its widget. */
function chat(options: Parameters<typeof fakePage>[0] = {}) {
  const page = fakePage(options)
  const answerId = page.log.trackMessage({
    role: 'assistant',
    content: 'See the guide.',
    links: [{ url: 'https://docs.example.com/install' }],
  })
  return {
    ...page,
    answerId,
    click: (html: string) => page.tab.click(pathOf(html)),
    /** The clicks that the endpoint has in the end: each message's, and the conversation's. */
    async clicks() {
      await page.advance(30_000)
      const [conversation] = page.endpoint.conversations()
      const ofMessages = conversation?.messages.flatMap((message) => marksOf(message).linkClicks ?? [])
      return { ofMessages: ofMessages ?? [], ofConversation: marksOf(conversation).linkClicks ?? [] }
    },
  }
}

describe('a click on a link in the widget', () => {
  test('is recorded in a drawing of old, whose links say `xlink:href`', async () => {
    const { click, clicks } = chat()
    click(
      '<div data-chatlog><svg><a id="clicked" xlink:href="https://docs.example.com/install">Install</a></svg></div>',
    )

    expect((await clicks()).ofMessages).toMatchObject([{ url: 'https://docs.example.com/install' }])
  })

  test('is recorded without the user and password in front of its host', async () => {
    const { click, clicks } = chat()
    click('<div data-chatlog><a id="clicked" href="https://jane:hunter2@docs.example.com/other">Other</a></div>')

    expect((await clicks()).ofConversation).toMatchObject([{ url: 'https://docs.example.com/other' }])
  })

  test.each(['javascript:void 0', ' JavaScript:go()', 'java\nscript:go()'])(
    'isn’t recorded where it runs a script: %j',
    async (href) => {
      const { click, clicks, log } = chat()
      click(`<div data-chatlog><a id="clicked" href="${href}">Go</a></div>`)

      expect(await clicks()).toEqual({ ofMessages: [], ofConversation: [] })
      expect(log.getState().counts.dropped).toEqual({})
    },
  )

  test('is recorded with its absolute URL, its text and its time, at the message that holds the URL', async () => {
    const { click, clicks, clock, advance } = chat()
    await advance(5_000)
    const clickedAt = new Date(clock.now()).toISOString()
    click('<div data-chatlog><a href="/install"> <b id="clicked">How to install</b> </a></div>')

    const { ofMessages, ofConversation } = await clicks()
    expect(ofMessages).toEqual([{ url: 'https://docs.example.com/install', label: 'How to install', clickedAt }])
    expect(ofConversation).toEqual([])
  })

  test('goes to the message that the page names', async () => {
    const { log, click, advance, endpoint } = chat()
    log.trackMessage({ id: 'a2', role: 'assistant', content: 'Or elsewhere.' })
    click(
      '<div data-chatlog><p data-chatlog-message="a2"><a href="https://docs.example.com/install" id="clicked">x</a></p></div>',
    )
    await advance(30_000)

    const [first, second] = endpoint.conversations()[0]?.messages ?? []
    expect(first?.properties?.chatlog).not.toHaveProperty('linkClicks')
    expect(second?.properties?.chatlog).toMatchObject({ linkClicks: [{ label: 'x' }] })
  })

  test('goes to the newest of several messages that hold the URL', async () => {
    const { log, click, advance, endpoint } = chat()
    log.trackMessage({ role: 'assistant', content: 'Once more: https://docs.example.com/install' })
    log.trackMessage({ role: 'user', content: 'Thanks' })
    click('<div data-chatlog><a href="/install" id="clicked">x</a></div>')
    await advance(30_000)

    const clicks = endpoint.conversations()[0]?.messages.map((message) => marksOf(message).linkClicks?.length)
    expect(clicks).toEqual([undefined, 1, undefined])
  })

  test('goes to the conversation where no message holds the URL', async () => {
    const { click, clicks } = chat()
    click('<div data-chatlog><a href="https://elsewhere.example/" id="clicked">Elsewhere</a></div>')
    click('<div data-chatlog><a href="https://elsewhere.example/2" id="clicked">And there</a></div>')

    const { ofMessages, ofConversation } = await clicks()
    expect(ofMessages).toEqual([])
    expect(ofConversation).toMatchObject([
      { url: 'https://elsewhere.example/', label: 'Elsewhere' },
      { url: 'https://elsewhere.example/2', label: 'And there' },
    ])
  })

  test('of the same URL again is a second click', async () => {
    const { click, clicks, advance } = chat()
    click('<div data-chatlog><a href="/install" id="clicked">x</a></div>')
    await advance(10)
    click('<div data-chatlog><a href="/install" id="clicked">x</a></div>')

    expect((await clicks()).ofMessages).toHaveLength(2)
  })

  test.each([
    ['an image’s text', '<a href="/x" id="clicked"><img alt="A door"></a>', 'A door'],
    ['nothing, where it has none', '<a href="/x" id="clicked"><img></a>', ''],
    ['200 characters at most', `<a href="/x" id="clicked">${'y'.repeat(300)}</a>`, 'y'.repeat(200)],
    ['an image map’s area', '<map><area href="/x" id="clicked"></map>', ''],
  ])('has for its label %s', async (_what, html, label) => {
    const { click, clicks } = chat()
    click(`<div data-chatlog>${html}</div>`)

    expect((await clicks()).ofConversation).toMatchObject([{ url: 'https://docs.example.com/x', label }])
  })

  test('within the page has the page’s address without the values in its query', async () => {
    const { click, clicks } = chat({ url: 'https://docs.example.com/guide?user=jane&lang=en#top' })
    click('<div data-chatlog><a href="#setup" id="clicked">Set-up</a></div>')

    expect((await clicks()).ofConversation).toMatchObject([{ url: 'https://docs.example.com/guide?user=&lang=#setup' }])
  })

  test.each([
    ['outside the widget', '<a href="/install" id="clicked">x</a>'],
    ['on something that is no link', '<div data-chatlog><button id="clicked">x</button></div>'],
    ['on an anchor that leads nowhere', '<div data-chatlog><a name="x" id="clicked">x</a></div>'],
  ])('%s is not recorded', async (_where, html) => {
    const { click, clicks } = chat()
    click(html)

    expect(await clicks()).toEqual({ ofMessages: [], ofConversation: [] })
  })

  test('is not recorded by itself where the site captures no links, or has stopped', async () => {
    const link = '<div data-chatlog><a href="/install" id="clicked">x</a></div>'
    const uncaptured = chat({ init: { captureLinks: false } })
    uncaptured.click(link)
    expect(await uncaptured.clicks()).toEqual({ ofMessages: [], ofConversation: [] })

    const stopped = chat()
    await stopped.advance(30_000)
    stopped.log.stop()
    stopped.click(link)
    expect(await stopped.clicks()).toEqual({ ofMessages: [], ofConversation: [] })
    expect(stopped.errors).toEqual([])
  })

  test('inside a registered root is recorded once, though two listeners hear it', async () => {
    const { log, click, clicks } = chat()
    log.registerRoot({} as ShadowRoot)
    click('<a href="/install" id="clicked">x</a>')
    expect((await clicks()).ofMessages).toHaveLength(1)
    click('<div data-chatlog><a href="/install" id="clicked">x</a></div>')

    expect((await clicks()).ofMessages).toHaveLength(2)
  })

  test('makes the conversation’s newest version arrive, though nothing else changed', async () => {
    const { click, advance, endpoint } = chat()
    await advance(30_000)
    const requests = endpoint.requests.length
    click('<div data-chatlog><a href="/install" id="clicked">x</a></div>')
    await advance(30_000)

    expect(endpoint.requests).toHaveLength(requests + 1)
  })

  test('survives that its message changes afterwards', async () => {
    const { log, click, advance, endpoint } = chat()
    log.trackMessage({ id: 'a2', role: 'assistant', content: 'Or https://docs.example.com/more' })
    click('<div data-chatlog><a href="/more" id="clicked">x</a></div>')
    log.trackMessage({ id: 'a2', role: 'assistant', content: 'Or so.' })
    await advance(30_000)

    expect(endpoint.conversations()[0]?.messages[1]).toMatchObject({
      content: 'Or so.',
      properties: { chatlog: { linkClicks: [{ url: 'https://docs.example.com/more' }] } },
    })
  })
})

describe('trackLinkClick', () => {
  test('resolves the URL against the page, and takes a title for a missing label', async () => {
    const { log, clicks } = chat()
    log.trackLinkClick({ url: '../other', title: 'Other' })
    log.trackLinkClick({ url: 'bare' })

    expect((await clicks()).ofConversation).toMatchObject([
      { url: 'https://docs.example.com/other', label: 'Other' },
      { url: 'https://docs.example.com/bare', label: null },
    ])
  })

  test('takes for a label only what is text', async () => {
    const { log, clicks } = chat()
    log.trackLinkClick({ url: 'bare', label: (() => {}) as never })

    expect((await clicks()).ofConversation).toMatchObject([{ label: null }])
    expect(log.getState().storage).toBe('durable')
  })

  test('before any message starts the conversation that the message then joins', async () => {
    const { log, advance, endpoint } = fakePage()
    log.trackLinkClick({ url: 'https://elsewhere.example/' })
    log.trackMessage({ role: 'user', content: 'Hello' })
    await advance(20_000)

    expect(endpoint.conversations()).toMatchObject([
      { messages: [{ content: 'Hello' }], properties: { chatlog: { linkClicks: [{}] } } },
    ])
  })

  test('takes the message’s id as the widget or as `trackMessage` gave it, in another conversation too', async () => {
    const { log, advance, endpoint, answerId } = chat()
    log.trackMessage({ id: 'a2', conversationId: 'other', role: 'assistant', content: 'Elsewhere.' })
    log.trackLinkClick({ url: 'https://one.example/', messageId: answerId })
    log.trackLinkClick({ url: 'https://two.example/', messageId: 'a2' })
    log.trackLinkClick({ url: 'https://three.example/', messageId: 'a2', conversationId: 'other' })
    log.trackLinkClick({ url: 'https://four.example/', conversationId: 'other' })
    await advance(30_000)

    const clicked = endpoint.conversations().map((conversation) => [conversation.messages[0], conversation])
    const urls = clicked.map((seen) => seen.map((holder) => marksOf(holder).linkClicks?.map(({ url }) => url)))
    expect(urls).toEqual([
      [['https://one.example/'], undefined],
      [['https://two.example/', 'https://three.example/'], ['https://four.example/']],
    ])
  })

  test.each([undefined, null, {}, { url: 7 }, { url: 'http://[' }])('of %o is refused in one line', (click) => {
    const { log, errors } = fakePage()
    log.trackLinkClick(click as never)

    expect(log.getState().counts.dropped).toEqual({ invalid: 1 })
    expect(errors).toHaveLength(1)
  })
})
