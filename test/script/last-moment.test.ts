import { describe, expect, test } from 'vitest'
import type { MessageInput } from '../../src/script/chatlog.ts'
import { createInstance } from '../../src/script/instance.ts'
import { resolveOptions } from '../../src/script/options.ts'
import type { Platform } from '../../src/script/platform.ts'
import { marksOf, type ServedConversation } from './fakes/fake-endpoint.ts'
import { endpointOptions, fakeBrowser, fakePage } from './fakes/fake-platform.ts'

const question: MessageInput = { id: 'q1', role: 'user', content: 'How?' }
const answer: MessageInput = { id: 'a1', role: 'assistant', content: 'See https://docs.example.com/install for it.' }

describe('what a page is told before it has read the conversation, and is left at once, is kept:', () => {
  const pick = (conversation: ServedConversation | undefined) => ({
    createdAt: conversation?.createdAt,
    userProperties: conversation?.userProperties,
  })

  /** The site's next page, which goes in the moment in which it was told something. */
  async function shortPage(tell: (log: ReturnType<typeof fakePage>['log']) => void) {
    const browser = fakeBrowser({ fetchLater: false })
    const tab = browser.openTab()
    tab.start().trackMessages([question, answer])
    await browser.advance(10_000)
    const begun = pick(browser.endpoint.conversations()[0])
    await tab.navigate()
    browser.clock.jump(600_000)
    tell(tab.start())
    await tab.navigate()
    tab.start()
    await browser.advance(60_000)
    const [conversation] = browser.endpoint.conversations()
    return { browser, begun, marks: marksOf(conversation) }
  }

  test('a transcript', async () => {
    const { browser } = await shortPage((log) =>
      log.trackMessages([question, answer, { id: 'q2', role: 'user', content: 'Why?' }]),
    )

    expect(browser.endpoint.contents()).toEqual([['How?', answer.content, 'Why?']])
  })

  test.each([{}, { messageId: 'a1' }])(
    'a click on a link in an earlier page’s answer: at the conversation (%o)',
    async (where) => {
      const { browser, begun, marks } = await shortPage((log) =>
        log.trackLinkClick({ url: 'https://docs.example.com/install', ...where }),
      )

      expect(marks.linkClicks).toMatchObject([{ url: 'https://docs.example.com/install' }])
      expect(browser.endpoint.conversations()).toMatchObject([begun])
    },
  )
})

describe('a click', () => {
  test('on a relative link goes to the message that holds its whole address', async () => {
    const { log, endpoint, advance } = fakePage({ url: 'https://docs.example.com/guide' })
    log.trackMessage(answer)
    log.trackMessage({ role: 'assistant', content: 'Anything else?' })
    log.trackLinkClick({ url: 'install' })
    await advance(10_000)

    expect(endpoint.conversations()[0]?.messages.map((message) => marksOf(message).linkClicks?.length)).toEqual([
      1,
      undefined,
    ])
  })

  test('on the conversation counts on the next page too, though the clock jumped back', async () => {
    const { log, tab, clock, endpoint, advance } = fakePage()
    log.trackMessage(question)
    await advance(10_000)
    clock.jump(-3_600_000)
    log.trackLinkClick({ url: 'https://docs.example.com/1' })
    log.trackLinkClick({ url: 'https://docs.example.com/2' })
    await advance(10_000)
    await tab.navigate()
    tab.start().trackMessage(answer)
    await advance(10_000)

    expect(marksOf(endpoint.conversations()[0]).linkClicks?.map(({ url }) => url.at(-1))).toEqual(['1', '2'])
  })

  test('with an id that two conversations know goes to the one that is under way', async () => {
    const { log, endpoint, advance } = fakePage()
    log.trackMessage({ ...answer, conversationId: 'old' })
    await advance(1_000)
    log.startConversation({ id: 'new' })
    log.trackMessage(answer)
    log.trackLinkClick({ url: 'https://docs.example.com/1', messageId: 'a1' })
    await advance(10_000)

    const clicks = endpoint
      .conversations()
      .map(({ externalId, messages }) => [externalId, marksOf(messages[0]).linkClicks?.length])
    expect(new Map(clicks as [string, number][])).toEqual(
      new Map([
        ['old', undefined],
        ['new', 1],
      ]),
    )
  })
})

describe('a page that is prerendered', () => {
  test('records what it was told once, however often it was asked meanwhile', async () => {
    const { log, tab, endpoint, advance } = fakePage({ prerendered: true })
    log.setConsent('pending')
    log.setConsent('granted')
    log.trackMessage(question)
    await tab.activate()
    await advance(10_000)

    expect(endpoint.conversations()).toMatchObject([{ messages: [{ content: 'How?' }] }])
    expect(log.getState().counts.recorded).toBe(1)
  })

  test('records nothing where it was refused before it is shown', async () => {
    const { log, tab, endpoint, cookies, advance } = fakePage({ prerendered: true })
    log.trackMessage(question)
    log.setConsent('denied')
    await tab.activate()
    await advance(10_000)

    expect([endpoint.requests, cookies.sets]).toEqual([[], []])
  })

  test('records where a refusal was taken back before it is shown', async () => {
    const { log, tab, endpoint, advance } = fakePage({ prerendered: true })
    log.setConsent('denied')
    log.setConsent('granted')
    log.trackMessage(question)
    await tab.activate()
    await advance(10_000)

    expect(endpoint.conversations()).toHaveLength(1)
  })
})

test('a refusal that is said once more deletes what another tab was allowed meanwhile', async () => {
  const { browser, log, database, cookies, advance } = fakePage({ init: { consent: 'denied' } })
  const other = browser.openTab().start()
  other.trackMessage(question)
  await advance(10_000)
  log.setConsent('denied')
  await advance(10_000)

  expect([database.rows(), cookies.kept()]).toEqual([[], []])
  expect(other.getState().consent).toBe('denied')
})

describe('getState', () => {
  test('of a page that waits for consent says that nothing is sent', () => {
    const { log } = fakePage({ init: { consent: 'pending' } })

    expect(log.getState().sender).toEqual({ state: 'idle', reason: null, retryAt: null, flushReason: null })
  })

  test('says that a conversation is not delivered while only its visitor’s name isn’t', async () => {
    const { log, endpoint, advance } = fakePage({ fetchLater: false })
    log.trackMessage(answer)
    await advance(10_000)
    endpoint.always({ kind: 'status', status: 503 })
    log.identify({ userId: 'u7' })
    await advance(1_000)

    expect(log.getState().conversations).toMatchObject([{ state: 'dirty' }])
  })

  test('says that a conversation is not delivered while an answer is being received', async () => {
    const { log, advance } = fakePage()
    log.trackMessage(question)
    await advance(10_000)
    log.trackMessage({ role: 'assistant', content: 'So', status: 'streaming' })
    await advance(1_000)

    expect(log.getState().conversations).toMatchObject([{ state: 'dirty' }])
  })
})

test('a server that renders is asked for no Do Not Track', () => {
  const log = createInstance(resolveOptions({ ...endpointOptions, doNotTrack: true }), null, () => {})

  expect(log.getState()).toMatchObject({ consent: 'granted', sender: { state: 'idle' } })
})

test('a site that captures no links may register roots and stop all the same', () => {
  const { log, errors } = fakePage({ init: { captureLinks: false } })
  log.registerRoot({} as ShadowRoot)
  log.stop()

  expect(errors).toEqual([])
})

test('a registered root is listened to', () => {
  const roots: unknown[] = []
  const alter = (platform: Platform): Platform => ({
    ...platform,
    onClick(root, listener) {
      roots.push(root)
      return platform.onClick(root, listener)
    },
  })
  const root = {} as ShadowRoot
  fakePage({ alter }).log.registerRoot(root)

  expect(roots).toContain(root)
})

test('a transcript that hasn’t changed asks the site’s own function nothing again', async () => {
  let asked = 0
  const beforeStore = (message: MessageInput) => {
    asked++
    return message
  }
  const { log, advance } = fakePage({ init: { beforeStore } })
  log.trackMessages([question, answer])
  await advance(1_000)
  for (let render = 0; render < 3; render++) log.trackMessages([{ ...question }, { ...answer }])
  expect(asked).toBe(2)

  log.trackMessages([question, { ...answer, content: 'So.' }])
  expect(asked).toBe(3)
})

test('a transcript that goes on after its conversation is over, known in part, stays one', async () => {
  const { log, endpoint, browser, advance } = fakePage()
  log.trackMessages([question, answer])
  await advance(3 * 3_600_000)
  log.trackMessages([question, answer, { id: 'q2', role: 'user', content: 'Why?' }])
  await advance(10_000)

  expect(browser.endpoint.contents()).toEqual([['How?', answer.content, 'Why?']])
  expect(endpoint.conversations()).toHaveLength(1)
})

test('an instance that is stopped at once does nothing later', async () => {
  const { log, database, endpoint, advance } = fakePage()
  log.stop()
  const writes = database.writes()
  await advance(7_200_000)

  expect([endpoint.requests.length, database.writes()]).toEqual([0, writes])
})

test('a page that comes back out of the back/forward cache knows that the browser has another visitor now', async () => {
  const { browser, tab, log, cookies, endpoint, advance } = fakePage()
  log.identify({ userId: 'u7' })
  log.trackMessage(question)
  await advance(10_000)
  expect(await tab.leaveCached()).toBe(true)
  await advance(60_000)
  const cookie = cookies.kept().find(({ name }) => name === 'chatlog_visitor')
  browser.openTab().platform.cookies.set('chatlog_visitor', 'of-another-subdomain', cookie?.attributes ?? {})
  expect(await tab.comeBack()).toBe(true)
  log.trackMessage(answer)
  await advance(10_000)

  expect(endpoint.conversations()).toMatchObject([
    { userProperties: { id: 'u7' }, messages: [{ content: 'How?' }] },
    { userProperties: { id: 'of-another-subdomain' }, messages: [{ content: answer.content }] },
  ])
})
