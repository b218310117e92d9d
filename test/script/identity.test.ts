import { describe, expect, test } from 'vitest'
import type { LogRow } from '../../src/script/conversation/rows.ts'
import type { ServedConversation } from './fakes/fake-endpoint.ts'
import { fakeBrowser, fakePage } from './fakes/fake-platform.ts'

const day = 86_400_000
const hello = { role: 'user', content: 'Hello' } as const

const visitorCookie = ({ cookies }: Pick<ReturnType<typeof fakeBrowser>, 'cookies'>, name = 'chatlog_visitor') =>
  cookies.kept().find((cookie) => cookie.name === name)

describe('the visitor’s cookie', () => {
  test('is first-party, lives 400 days, and its id is the conversation’s visitor', async () => {
    const page = fakePage()
    page.log.trackMessage(hello)
    await page.advance(20_000)

    const cookie = visitorCookie(page)
    expect(cookie?.attributes).toEqual({
      path: '/',
      expires: 400,
      sameSite: 'Lax',
      secure: true,
      domain: 'example.com',
    })
    expect(page.cookies.kept()).toHaveLength(1)
    const [conversation] = page.endpoint.conversations()
    expect(conversation?.userProperties).toEqual({ id: cookie?.value, identificationType: 'COOKIED' })
    expect(conversation?.properties?.chatlog).toMatchObject({ visitorId: cookie?.value })
    expect(page.log.getState().visitor).toEqual({ id: cookie?.value, identificationType: 'COOKIED' })
  })

  test('is not set on a page where nothing is said', async () => {
    const { advance, cookies, log } = fakePage()
    await advance(60_000)

    expect(cookies.sets).toEqual([])
    expect(log.getState().visitor).toEqual({ id: null, identificationType: 'COOKIED' })
  })

  test('is not Secure on plain http, where no browser would keep it', () => {
    const page = fakePage({ url: 'http://docs.example.com/guide' })
    page.log.trackMessage(hello)

    expect(visitorCookie(page)?.attributes).toMatchObject({ secure: false, sameSite: 'Lax' })
  })

  test.each([
    ['https://docs.example.com/', 'example.com'],
    ['https://docs.example.co.uk/', 'example.co.uk'],
    ['https://a.b.example.com/', 'example.com'],
    ['https://somebody.github.io/', 'somebody.github.io'],
    ['https://localhost/', undefined],
    ['https://127.0.0.1/', undefined],
    ['https://intranet/', undefined],
  ])('on %s has the widest domain that the browser accepts: %s', (url, domain) => {
    const page = fakePage({ url })
    page.log.trackMessage(hello)

    expect(visitorCookie(page)?.attributes.domain).toBe(domain)
  })

  test('has its domain looked for once, by a cookie that is gone again', async () => {
    const browser = fakeBrowser()
    const tab = browser.openTab()
    tab.start().trackMessage(hello)
    await tab.navigate()
    const log = tab.start()
    log.startConversation()
    log.trackMessage(hello)

    expect(browser.cookies.sets.filter(({ name }) => name === 'chatlog_domain')).toHaveLength(1)
    expect(browser.cookies.kept().map(({ name }) => name)).toEqual(['chatlog_visitor'])
  })

  test('has the domain and the name that the site gives', () => {
    const page = fakePage({ init: { cookieDomain: 'docs.example.com', cookieName: 'who' } })
    page.log.trackMessage(hello)

    expect(page.cookies.sets.map(({ name, attributes }) => [name, attributes.domain])).toEqual([
      ['who', 'docs.example.com'],
    ])
  })

  test('is partitioned in a cross-site frame when the site asks for it', () => {
    const page = fakePage({ init: { partitioned: true } })
    page.log.trackMessage(hello)

    expect(visitorCookie(page)?.attributes).toMatchObject({ partitioned: true, sameSite: 'None', secure: true })
  })

  test('is renewed once a day at most', async () => {
    const { log, advance, cookies } = fakePage()
    const renewals = () => cookies.sets.filter(({ name }) => name === 'chatlog_visitor').length
    const sayAnew = () => {
      log.startConversation()
      log.trackMessage(hello)
    }
    sayAnew()
    await advance(day - 60_000)
    sayAnew()
    expect(renewals()).toBe(1)

    await advance(120_000)
    sayAnew()

    expect(renewals()).toBe(2)
    expect(new Set(cookies.sets.filter(({ name }) => name === 'chatlog_visitor').map(({ value }) => value)).size).toBe(
      1,
    )
  })

  test('is refilled with the same id when somebody deletes it alone', async () => {
    const browser = fakeBrowser()
    const tab = browser.openTab()
    const first = tab.start()
    first.trackMessage(hello)
    const { id } = first.getState().visitor
    tab.platform.cookies.remove('chatlog_visitor', { domain: 'example.com' })

    await tab.navigate()
    const log = tab.start()
    log.startConversation()

    expect(log.getState().visitor.id).toBe(id)
    expect(visitorCookie(browser)?.value).toBe(id)
  })

  test('is the authority: what another page wrote into it is the visitor', async () => {
    const page = fakePage()
    page.tab.platform.cookies.set('chatlog_visitor', 'from-the-shop', { path: '/', domain: 'example.com' })
    page.log.trackMessage(hello)
    await page.advance(20_000)

    expect(page.endpoint.conversations()[0]?.userProperties?.id).toBe('from-the-shop')
  })
})

describe('two cookies of the visitor’s name', () => {
  /** Left by another `cookieDomain`, and by a page that could try none: the oldest is what the page reads. */
  const leave = ({ tab }: ReturnType<typeof fakePage>) => {
    for (const domain of ['', 'docs.example.com'])
      tab.platform.cookies.set('chatlog_visitor', `left-${domain}`, { path: '/', ...(domain && { domain }) })
  }

  test('are one after `reset`, with a new id', async () => {
    const page = fakePage()
    leave(page)
    page.log.trackMessage(hello)
    leave(page)
    const before = page.log.getState().visitor.id
    page.log.reset()
    page.log.trackMessage(hello)
    await page.advance(20_000)

    expect(page.cookies.kept()).toMatchObject([{ attributes: { domain: 'example.com' } }])
    const id = visitorCookie(page)?.value
    expect(id).not.toMatch(/left/)
    expect(id).not.toBe(before)
    expect(page.endpoint.conversations()[1]?.userProperties?.id).toBe(id)
  })

  test('are one after a logout on a page that waits for consent', () => {
    const page = fakePage({ init: { consent: 'pending' } })
    leave(page)
    page.log.reset()

    expect(page.cookies.kept()).toMatchObject([{ attributes: { domain: 'example.com' } }])
    expect(visitorCookie(page)?.value).not.toMatch(/left/)
  })

  test.each(['denied', 'granted'] as const)('are gone once the visitor refuses, from %s', async (consent) => {
    const page = fakePage({ init: { consent } })
    leave(page)
    page.log.trackMessage(hello)
    leave(page)
    page.log.setConsent('denied')
    await page.advance(1_000)

    expect(page.cookies.kept()).toEqual([])
  })

  test('are one once it is renewed: the one that the whole site sees', () => {
    const page = fakePage()
    leave(page)
    page.tab.platform.cookies.set('chatlog_visitor', 'shared', { path: '/', domain: 'example.com' })
    page.log.trackMessage(hello)

    expect(page.cookies.kept()).toMatchObject([{ value: 'shared', attributes: { domain: 'example.com' } }])
    expect(page.log.getState().visitor.id).toBe('shared')
  })

  test.each([false, true])('of which one is partitioned are one (%s)', (partitioned) => {
    const page = fakePage({ init: { partitioned } })
    page.tab.platform.cookies.set('chatlog_visitor', 'left', { path: '/', secure: true, partitioned: !partitioned })
    page.log.trackMessage(hello)
    page.log.reset()

    expect(page.cookies.kept().map(({ attributes }) => !!attributes.partitioned)).toEqual([partitioned])
    page.log.setConsent('denied')
    expect(page.cookies.kept()).toEqual([])
  })
})

describe('a page that could try no domain', () => {
  test.each([
    ['as the browser denied cookies then', (page: ReturnType<typeof fakePage>) => (page.cookies.denied = true)],
    [
      'as an earlier version wrote down, in a frame without an address',
      (page: ReturnType<typeof fakePage>) => page.localStorage.entries.set('chatlog', '{"domain":""}'),
    ],
  ])('remembers none for the site: %s', async (_, happen) => {
    const page = fakePage()
    happen(page)
    page.log.trackMessage(hello)
    await page.tab.navigate()
    page.cookies.denied = false
    const log = page.tab.start()
    log.startConversation()
    log.trackMessage(hello)

    expect(visitorCookie(page)?.attributes.domain).toBe('example.com')
  })
})

describe('without a cookie', () => {
  test('because the site wants none, nothing is set and each page has a visitor of its own', async () => {
    const browser = fakeBrowser()
    for (let visit = 0; visit < 2; visit++) {
      browser.openTab().start({ cookies: false }).trackMessage(hello)
      await browser.advance(20_000)
    }

    expect(browser.cookies.sets).toEqual([])
    const visitors = browser.endpoint.conversations().map(({ userProperties }) => userProperties)
    expect(visitors).toMatchObject([{ identificationType: 'ANONYMOUS' }, { identificationType: 'ANONYMOUS' }])
    expect(visitors[0]?.id).not.toBe(visitors[1]?.id)
  })

  test('because the browser takes none, the visitor is ANONYMOUS, the same as long as the page lives', async () => {
    const { log, cookies, advance, endpoint } = fakePage()
    cookies.denied = true
    log.trackMessage(hello)
    const { id } = log.getState().visitor
    log.startConversation()
    log.trackMessage(hello)
    await advance(20_000)

    expect(id).toBeTruthy()
    const visitors = endpoint.conversations().map(({ userProperties }) => userProperties)
    expect(visitors).toEqual(Array(2).fill({ id, identificationType: 'ANONYMOUS' }))
    expect(log.getState().visitor).toEqual({ id, identificationType: 'ANONYMOUS' })
  })
})

describe('identify', () => {
  test('makes the current conversation the user’s, and keeps the cookie’s id beside it', async () => {
    const page = fakePage()
    page.log.trackMessage(hello)
    await page.advance(20_000)
    const cookieId = visitorCookie(page)?.value

    page.log.identify({ userId: 'u7', plan: 'pro' })
    await page.advance(20_000)

    const [conversation] = page.endpoint.conversations()
    expect(conversation?.userProperties).toEqual({ id: 'u7', identificationType: 'ID_PROVIDED', plan: 'pro' })
    expect(conversation?.properties?.chatlog).toMatchObject({ visitorId: cookieId })
    expect(visitorCookie(page)?.value).toBe(cookieId)
    expect([...page.localStorage.entries].join()).not.toContain('u7')
    expect(page.log.getState().visitor).toEqual({ id: cookieId, identificationType: 'ID_PROVIDED' })
  })

  test('before the first message is as good, and the option `userId` says the same', async () => {
    for (const userId of [undefined, 'u7']) {
      const { log, advance, endpoint } = fakePage({ init: userId ? { userId } : {} })
      if (!userId) log.identify({ userId: 'u7' })
      log.trackMessage(hello)
      await advance(20_000)

      expect(endpoint.conversations()[0]?.userProperties).toEqual({ id: 'u7', identificationType: 'ID_PROVIDED' })
    }
  })

  test('with what is known already costs no request', async () => {
    const { log, advance, endpoint } = fakePage()
    log.identify({ userId: 'u7', plan: 'pro' })
    log.trackMessage(hello)
    await advance(20_000)
    const requests = endpoint.requests.length

    log.identify({ userId: 'u7', plan: 'pro' })
    await advance(20_000)
    expect(endpoint.requests).toHaveLength(requests)
    log.identify({ userId: 'u7', plan: 'team' })
    await advance(20_000)

    expect(endpoint.conversations()[0]?.userProperties).toMatchObject({ plan: 'team' })
  })

  test('as somebody else ends the conversation, which stays the first user’s', async () => {
    const { log, advance, endpoint } = fakePage({ init: { userId: 'u1' } })
    log.trackMessage({ role: 'user', content: 'one' })
    log.identify({ userId: 'u2' })
    log.trackMessage({ role: 'user', content: 'two' })
    await advance(20_000)

    expect(endpoint.conversations()).toMatchObject([
      { userProperties: { id: 'u1' }, messages: [{ content: 'one' }] },
      { userProperties: { id: 'u2' }, messages: [{ content: 'two' }] },
    ])
  })

  test('lets no trait pose as the id', async () => {
    const { log, advance, endpoint } = fakePage()
    log.identify({ userId: 'u7', id: 'u8', identificationType: 'COOKIED' })
    log.trackMessage(hello)
    await advance(20_000)

    expect(endpoint.conversations()[0]?.userProperties).toEqual({ id: 'u7', identificationType: 'ID_PROVIDED' })
  })

  test('with more than before counts on the next page too, though the clock jumped back', async () => {
    const { log, tab, clock, advance, endpoint } = fakePage()
    log.trackMessage({ role: 'assistant', content: 'one' })
    log.identify({ userId: 'u7' })
    await advance(10_000)
    clock.jump(-3_600_000)
    log.identify({ userId: 'u7', plan: 'pro' })
    await advance(10_000)
    await tab.navigate()
    tab.start().trackMessage({ role: 'assistant', content: 'two' })
    await advance(10_000)

    expect(endpoint.conversations()).toMatchObject([{ userProperties: { id: 'u7', plan: 'pro' } }])
    expect(endpoint.conversations()[0]?.messages).toHaveLength(2)
  })

  test('makes text of the traits that the contract wants as text', async () => {
    const { log, advance, endpoint } = fakePage()
    log.identify({ userId: 'u7', userType: 2, supportAgentName: null, plan: 2 })
    log.trackMessage(hello)
    await advance(20_000)

    expect(endpoint.violations).toEqual([])
    expect(endpoint.conversations()[0]?.userProperties).toMatchObject({ userType: '2', plan: 2 })
  })

  test('of a number is of its digits', async () => {
    const { log, advance, endpoint } = fakePage()
    log.identify({ userId: 7 })
    log.trackMessage(hello)
    await advance(20_000)

    expect(endpoint.conversations()[0]?.userProperties).toMatchObject({ id: '7', identificationType: 'ID_PROVIDED' })
  })

  test.each([undefined, null, {}, { userId: '' }, { userId: 'undefined' }, { userId: 'null' }, { userId: {} }])(
    'of %o is refused, and changes nothing',
    (user) => {
      const { log, errors } = fakePage()
      log.identify(user as never)

      expect(log.getState().counts.dropped).toEqual({ invalid: 1 })
      expect(errors).toHaveLength(1)
      expect(log.getState().visitor.identificationType).toBe('COOKIED')
    },
  )

  test('names a conversation whose earlier messages this page has yet to read', async () => {
    const browser = fakeBrowser()
    const tab = browser.openTab()
    tab.start().trackMessage(hello)
    await browser.advance(20_000)
    await tab.navigate()

    const log = tab.start()
    log.identify({ userId: 'u7' })
    await browser.advance(20_000)

    expect(browser.endpoint.conversations()).toMatchObject([
      { userProperties: { id: 'u7' }, messages: [{ content: 'Hello' }] },
    ])
  })
})

test('after `reset` the next visitor is somebody else, and what was recorded is delivered as it was', async () => {
  const page = fakePage({ init: { userId: 'u1' } })
  page.log.trackMessage({ role: 'user', content: 'one' })
  const firstId = visitorCookie(page)?.value

  page.log.reset()
  expect(visitorCookie(page)?.value).not.toBe(firstId)
  page.log.trackMessage({ role: 'user', content: 'two' })
  await page.advance(20_000)

  const secondId = visitorCookie(page)?.value
  expect(secondId).not.toBe(firstId)
  expect(page.endpoint.conversations()).toMatchObject([
    { userProperties: { id: 'u1' }, properties: { chatlog: { visitorId: firstId } }, messages: [{ content: 'one' }] },
    { userProperties: { id: secondId, identificationType: 'COOKIED' }, messages: [{ content: 'two' }] },
  ])
})

test('after `reset` the widget’s own id leads to a new conversation', async () => {
  const { log, advance, endpoint } = fakePage()
  const before = log.startConversation({ id: 'chat' })
  log.trackMessage({ role: 'user', content: 'one' })
  log.reset()
  const after = log.startConversation({ id: 'chat' })
  log.trackMessage({ role: 'user', content: 'two' })
  await advance(20_000)

  expect(after).not.toBe(before)
  expect(endpoint.contentsOf(after)).toEqual(['two'])
})

describe('a logout in another tab', () => {
  const twoTabs = () => {
    const browser = fakeBrowser()
    const tabs = [browser.openTab(), browser.openTab()] as const
    return { browser, tabs }
  }

  test('ends the conversation and the login of this one', async () => {
    const { browser, tabs } = twoTabs()
    const [log, other] = [tabs[0].start(), tabs[1].start()]
    other.identify({ userId: 'u1' })
    other.trackMessage({ role: 'user', content: 'one' })
    await browser.advance(10_000)

    log.reset()
    other.trackMessage({ role: 'user', content: 'two' })
    await browser.advance(10_000)

    expect(browser.endpoint.conversations()).toMatchObject([
      { userProperties: { id: 'u1' }, messages: [{ content: 'one' }] },
      { userProperties: { identificationType: 'COOKIED' }, messages: [{ content: 'two' }] },
    ])
  })

  test('is known to the page that this one goes on with', async () => {
    const { browser, tabs } = twoTabs()
    tabs[0].start().trackMessage({ role: 'user', content: 'one' })
    await browser.advance(10_000)
    await tabs[0].navigate()
    tabs[1].start().reset()

    tabs[0].start().trackMessage({ role: 'user', content: 'two' })
    await browser.advance(10_000)

    expect(browser.endpoint.conversations().map(({ messages }) => messages.map(({ content }) => content))).toEqual([
      ['one'],
      ['two'],
    ])
  })

  test('while this one waits for consent forgets what was said, and who said it', async () => {
    const { browser, tabs } = twoTabs()
    const waiting = tabs[0].start({ consent: 'pending', userId: 'u1' })
    waiting.trackMessage({ role: 'user', content: 'one' })
    await browser.advance(1_000)
    tabs[1].start().reset()
    await browser.advance(1_000)

    waiting.trackMessage({ role: 'user', content: 'two' })
    waiting.setConsent('granted')
    await browser.advance(10_000)

    expect(browser.endpoint.conversations()).toMatchObject([
      { userProperties: { identificationType: 'COOKIED' }, messages: [{ content: 'two' }] },
    ])
  })

  test('that may write nothing down, since it waits for consent, reaches one that waits too', async () => {
    const { browser, tabs } = twoTabs()
    const waiting = tabs[0].start({ consent: 'pending', userId: 'u1' })
    const other = tabs[1].start({ consent: 'pending' })
    waiting.trackMessage({ role: 'user', content: 'one' })
    await browser.advance(1_000)
    other.reset()
    await browser.advance(1_000)
    expect([browser.localStorage.entries.size, browser.cookies.kept()]).toEqual([0, []])

    waiting.trackMessage({ role: 'user', content: 'two' })
    waiting.setConsent('granted')
    await browser.advance(10_000)

    expect(browser.endpoint.conversations()).toMatchObject([
      { userProperties: { identificationType: 'COOKIED' }, messages: [{ content: 'two' }] },
    ])
  })

  test('that may write nothing down ends the conversation that this tab had before consent was taken back', async () => {
    const { browser, tabs } = twoTabs()
    const [log, other] = tabs.map((tab) => tab.start({ cookies: false }))
    for (const one of [log, other]) one?.trackMessage({ role: 'user', content: 'one' })
    await browser.advance(10_000)
    for (const one of [log, other]) one?.setConsent('pending')
    log?.reset()
    await browser.advance(1_000)

    for (const one of [log, other]) {
      one?.identify({ userId: 'u2' })
      one?.trackMessage({ role: 'user', content: 'two' })
      one?.setConsent('granted')
    }
    await browser.advance(10_000)

    const said = browser.endpoint.conversations().map(({ messages }) => messages.map(({ content }) => content))
    expect(said.sort()).toEqual([['one'], ['one'], ['two'], ['two']])
  })

  test('that may write nothing down reaches one that records, and was given a user and no message yet', async () => {
    const { browser, tabs } = twoTabs()
    const log = tabs[0].start({ cookies: false })
    const waiting = tabs[1].start({ consent: 'pending', cookies: false })
    await browser.advance(1_000)
    log.identify({ userId: 'u1' })
    waiting.reset()
    await browser.advance(1_000)

    log.trackMessage({ role: 'user', content: 'one' })
    await browser.advance(10_000)

    expect(browser.endpoint.conversations()).toMatchObject([{ userProperties: { identificationType: 'ANONYMOUS' } }])
  })

  test('that a refusal follows at once still ends what a page that waits was told', async () => {
    const { browser, tabs } = twoTabs()
    const waiting = tabs[0].start({ consent: 'pending', userId: 'u1' })
    const other = tabs[1].start()
    other.trackMessage({ role: 'user', content: 'elsewhere' })
    waiting.trackMessage({ role: 'user', content: 'one' })
    await browser.advance(1_000)
    other.reset()
    other.setConsent('denied')
    await browser.advance(1_000)

    waiting.trackMessage({ role: 'user', content: 'two' })
    waiting.setConsent('granted')
    await browser.advance(10_000)

    expect(browser.endpoint.conversations().at(-1)).toMatchObject({
      userProperties: { identificationType: 'COOKIED' },
      messages: [{ content: 'two' }],
    })
  })
})

describe('a page that waits for consent', () => {
  test('goes into the back/forward cache, and hears of a logout when it has come out of it', async () => {
    const { log, tab, browser, advance, endpoint } = fakePage({ init: { consent: 'pending' } })
    expect(await tab.leaveCached()).toBe(true)
    expect(await tab.comeBack()).toBe(true)
    log.trackMessage({ role: 'user', content: 'one' })
    await advance(100)
    browser.openTab().start().reset()
    await advance(100)
    log.setConsent('granted')
    await advance(10_000)

    expect(endpoint.conversations()).toEqual([])
  })

  test('knows of a logout while it was in there', async () => {
    const { log, tab, browser, advance, endpoint } = fakePage({ init: { consent: 'pending', userId: 'u1' } })
    log.trackMessage({ role: 'user', content: 'one' })
    expect(await tab.leaveCached()).toBe(true)
    await advance(1_000)
    const other = browser.openTab().start()
    other.trackMessage({ role: 'user', content: 'the other’s' })
    other.reset()
    await advance(1_000)
    expect(await tab.comeBack()).toBe(true)
    log.setConsent('granted')
    log.trackMessage({ role: 'user', content: 'two' })
    await advance(10_000)

    const served = endpoint.conversations().map(({ messages, userProperties }) => ({
      contents: messages.map(({ content }) => content),
      type: userProperties?.identificationType,
    }))
    expect(served).toEqual([
      { contents: ['the other’s'], type: 'COOKIED' },
      { contents: ['two'], type: 'COOKIED' },
    ])
  })

  test('gives the next visitor another id at a logout, where the site knows one', async () => {
    const browser = fakeBrowser()
    browser.openTab().start().trackMessage({ role: 'user', content: 'one' })
    const before = visitorCookie(browser)?.value
    browser.openTab().start({ consent: 'pending' }).reset()

    expect(before).toBeTruthy()
    expect(visitorCookie(browser)?.value).not.toBe(before)
  })

  test('writes nothing down at a logout where the site knows nobody', () => {
    const { log, cookies, localStorage } = fakePage({ init: { consent: 'pending' } })
    log.reset()

    expect([cookies.sets, [...localStorage.entries]]).toEqual([[], []])
  })

  test('takes over a changed key without a word', async () => {
    const { log, errors, advance, endpoint } = fakePage({ init: { consent: 'pending' } })
    log.takeKey('WEB_KEY_CHANGED')
    log.trackMessage({ role: 'user', content: 'one' })
    log.setConsent('granted')
    await advance(10_000)

    expect(errors).toEqual([])
    expect(endpoint.requests[0]?.headers.authorization).toBe('Bearer WEB_KEY_CHANGED')
  })
})

test('the site’s own id names no conversation of the visitor before', async () => {
  const { log, advance, endpoint } = fakePage()
  log.startConversation({ id: 'chat' })
  log.trackMessage({ role: 'user', content: 'one' })
  log.reset()
  log.trackMessage({ role: 'user', content: 'two', conversationId: 'chat' })
  await advance(20_000)

  expect(endpoint.conversations().map(({ messages }) => messages.map(({ content }) => content))).toEqual([
    ['one'],
    ['two'],
  ])
})

test('a page that waits for consent forgets at a logout what was said before', async () => {
  const { log, advance, endpoint } = fakePage({ init: { consent: 'pending' } })
  log.trackMessage({ role: 'user', content: 'one' })
  log.reset()
  log.trackMessage({ role: 'user', content: 'two' })
  log.setConsent('granted')
  await advance(20_000)

  expect(endpoint.contentsOf(endpoint.conversations()[0]?.id ?? '')).toEqual(['two'])
})

test('a conversation whose header is gone is delivered as nobody’s, not as this visitor’s', async () => {
  const browser = fakeBrowser({ fetchLater: false })
  const tab = browser.openTab()
  tab.start().trackMessage({ role: 'user', content: 'one' })
  await browser.advance(100)
  tab.crash()
  const isMessage = (row: LogRow) => row.kind === 'message'
  const left = browser.database.rows().filter(isMessage)
  browser.database.wipe()
  for (const { seq: _seq, ...row } of left) browser.database.plant(row)

  const other = browser.openTab().start()
  other.trackMessage({ role: 'user', content: 'two' })
  await browser.advance(60_000)

  const [first, second] = browser.endpoint.conversations().toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1))
  expect([first, second].map(textOf)).toEqual(['one', 'two'])
  expect(first?.userProperties).toEqual({ id: expect.any(String), identificationType: 'ANONYMOUS' })
  expect(first?.userProperties?.id).not.toBe(second?.userProperties?.id)
})

const textOf = (conversation: ServedConversation | undefined) => String(conversation?.messages[0]?.content)
