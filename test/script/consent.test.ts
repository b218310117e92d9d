import { describe, expect, test } from 'vitest'
import type { Consent } from '../../src/script/chatlog.ts'
import type { Instance } from '../../src/script/instance.ts'
import type { Platform } from '../../src/script/platform.ts'
import { fakeBrowser, fakePage } from './fakes/fake-platform.ts'

const hello = { role: 'user', content: 'Hello' } as const

/** What the visitor's machine and the endpoint have got of us. */
const traces = ({ cookies, localStorage, tab, database, network, endpoint }: ReturnType<typeof fakePage>) => ({
  cookies: cookies.kept().length,
  localStorage: localStorage.entries.size,
  sessionStorage: tab.sessionStorage.entries.size,
  rows: database.rows().length,
  armed: network.armed().length,
  requests: endpoint.requests.length,
})
const nothing = { cookies: 0, localStorage: 0, sessionStorage: 0, rows: 0, armed: 0, requests: 0 }

test.each(['denied', 'granted'] as const)('refused after `stop`, and %s then, nothing is left of it', async (then) => {
  const page = fakePage()
  page.log.trackMessage(hello)
  await page.advance(20_000)
  expect(traces(page)).toMatchObject({ cookies: 1, requests: 1 })
  page.log.stop()

  page.log.setConsent('denied')
  page.log.setConsent(then)
  await page.advance(20_000)

  expect(traces(page)).toEqual({ ...nothing, requests: 1 })
})

describe('while consent is pending', () => {
  test('nothing is stored, set or sent, whatever is called and however the page ends', async () => {
    const page = fakePage({ init: { consent: 'pending' } })
    page.log.identify({ userId: 'u7' })
    page.log.startConversation({ id: 'chat' })
    page.log.trackMessage(hello)
    page.log.trackMessages([{ id: 'q', ...hello }])
    page.log.trackLinkClick({ url: '/install' })
    await page.advance(60_000)
    expect(await page.log.flush()).toEqual({ delivered: [], pending: [] })

    await page.tab.close()
    await page.advance(60_000)

    expect(traces(page)).toEqual(nothing)
    expect(page.cookies.sets).toEqual([])
  })

  test('what is said is recorded once it is granted, with the times at which it was said', async () => {
    const { log, advance, endpoint, clock } = fakePage({ init: { consent: 'pending' } })
    const said = new Date(clock.now()).toISOString()
    const id = log.trackMessage({ role: 'assistant', content: 'It', status: 'streaming' })
    log.appendToMessage(id, ' is.')
    log.completeMessage(id)
    await advance(60_000)

    log.setConsent('granted')
    await advance(20_000)

    const [conversation] = endpoint.conversations()
    expect(conversation?.messages).toMatchObject([{ externalId: id, content: 'It is.', createdAt: said }])
    expect(log.getState().consent).toBe('granted')
  })

  test('a time or an id that the page gives stays', async () => {
    const { log, advance, endpoint } = fakePage({ init: { consent: 'pending' } })
    expect(log.trackMessage({ ...hello, id: 'q1', createdAt: '2026-02-01T10:00:00Z' })).toBe('q1')
    log.setConsent('granted')
    await advance(20_000)

    expect(endpoint.conversations()[0]?.messages).toMatchObject([
      { externalId: 'q1', createdAt: '2026-02-01T10:00:00.000Z' },
    ])
  })

  test('an id that is a number is given back as text, as on the wire', () => {
    const { log } = fakePage({ init: { consent: 'pending' } })

    expect(log.trackMessage({ id: 7, ...hello } as never)).toBe('7')
  })

  test('a thousand calls are kept, and of more the oldest go, counted', async () => {
    const { log, advance, endpoint, errors } = fakePage({ init: { consent: 'pending' } })
    for (const content of ['one', 'two', 'three']) log.trackMessage({ role: 'user', content })
    for (let plan = 1; plan <= 999; plan++) log.identify({ userId: 'u7', plan })
    expect(log.getState().counts.dropped).toEqual({ memory_full: 2 })
    expect(errors).toHaveLength(2)

    log.setConsent('granted')
    await advance(20_000)

    expect(endpoint.conversations()).toMatchObject([
      { messages: [{ content: 'three' }], userProperties: { plan: 999 } },
    ])
  })

  test('what was said is gone for good when it is denied', async () => {
    const page = fakePage({ init: { consent: 'pending' } })
    page.log.trackMessage(hello)
    page.log.setConsent('denied')
    page.log.setConsent('granted')
    await page.advance(20_000)

    expect(traces(page)).toEqual(nothing)
  })
})

describe('when consent is denied', () => {
  test('from the start, nothing is recorded, and the calls are counted and not complained about', async () => {
    const page = fakePage({ init: { consent: 'denied' } })
    expect(page.log.trackMessage(hello)).toBe('')
    expect(page.log.startConversation()).toBe('')
    await page.advance(20_000)

    expect(traces(page)).toEqual(nothing)
    expect(page.log.getState()).toMatchObject({ consent: 'denied', counts: { recorded: 0, dropped: { consent: 2 } } })
    expect(page.errors).toEqual([])
  })

  test('later, everything of the visitor is deleted, and what is armed or under way taken back', async () => {
    const page = fakePage()
    page.log.trackMessage(hello)
    await page.advance(20_000)
    page.log.trackMessage({ role: 'assistant', content: 'So.' })
    await page.advance(1_010)
    const sending = page.network.sent.at(-1)
    expect(page.log.getState().sender.state).toBe('sending')

    page.log.setConsent('denied')
    await page.advance(60_000)

    expect(sending?.aborted).toBe(true)
    expect(traces(page)).toMatchObject({ ...nothing, requests: 1 })
    expect(page.log.getState()).toMatchObject({ visitor: { id: null }, conversations: [], consent: 'denied' })
  })

  test('clicks and page ends leave nothing either', async () => {
    const page = fakePage()
    page.log.trackMessage(hello)
    await page.advance(20_000)
    page.log.setConsent('denied')
    await page.advance(100)
    const requests = page.endpoint.requests.length

    await page.tab.close()
    await page.advance(20_000)

    expect(traces(page)).toEqual({ ...nothing, requests })
  })

  test('and granted again, the visitor is a new one in a new conversation', async () => {
    const page = fakePage()
    page.log.trackMessage(hello)
    await page.advance(20_000)
    page.log.setConsent('denied')
    await page.advance(1_000)
    page.log.setConsent('granted')
    page.log.trackMessage(hello)
    await page.advance(20_000)

    const [first, second] = page.endpoint.conversations()
    expect(second?.userProperties?.id).not.toBe(first?.userProperties?.id)
    expect(second?.messages).toHaveLength(1)
  })
})

test('from granted back to pending nothing more is sent, and what is stored waits for the next grant', async () => {
  const { log, advance, endpoint } = fakePage()
  log.trackMessage({ role: 'user', content: 'one' })
  log.setConsent('pending')
  log.trackMessage({ role: 'user', content: 'two' })
  await advance(60_000)
  expect(endpoint.requests).toEqual([])

  log.setConsent('granted')
  await advance(20_000)

  expect(endpoint.contents().flat()).toEqual(['one', 'two'])
})

test.each<[string, Parameters<typeof fakePage>[0], Consent]>([
  ['nothing said', {}, 'granted'],
  ['Global Privacy Control', { globalPrivacyControl: true }, 'denied'],
  [
    'Global Privacy Control and an explicit `granted`',
    { globalPrivacyControl: true, init: { consent: 'granted' } },
    'granted',
  ],
  ['Do Not Track', { doNotTrack: true }, 'granted'],
  ['Do Not Track, which the site obeys', { doNotTrack: true, init: { doNotTrack: true } }, 'denied'],
  ['a site that would obey Do Not Track', { init: { doNotTrack: true } }, 'granted'],
])('with %s%.0s consent is %s', (_what, options, consent) => {
  const { log } = fakePage(options)

  expect(log.getState().consent).toBe(consent)
})

test('an answer that is none of the three changes nothing', () => {
  const { log } = fakePage({ init: { consent: 'pending' } })
  const unreadable = {
    toString() {
      throw new Error('a bug of the page')
    },
  }
  const answers = ['yes', 'not granted', 'denied!', undefined, null, 1, ['granted'], Symbol('granted'), unreadable]
  for (const answer of answers) log.setConsent(answer as Consent)

  expect(log.getState().consent).toBe('pending')
})

test('granted twice is granted once: nothing is recorded double', async () => {
  const browser = fakeBrowser()
  const log = browser.openTab().start()
  log.trackMessage(hello)
  log.setConsent('granted')
  await browser.advance(20_000)

  expect(browser.endpoint.conversations()).toHaveLength(1)
  expect(log.getState().counts.recorded).toBe(1)
})

describe('a refusal reaches everything', () => {
  test('on the next page it deletes what the page before has left, though this one recorded nothing', async () => {
    const browser = fakeBrowser()
    const tab = browser.openTab()
    tab.start().trackMessage(hello)
    await browser.advance(10_000)
    await tab.navigate()

    const log = tab.start({ consent: 'pending' })
    log.setConsent('denied')
    await browser.advance(10_000)

    const { requests: _sent, ...left } = traces({ ...browser, browser, tab, log })
    expect(left).toEqual({ cookies: 0, localStorage: 0, sessionStorage: 0, rows: 0, armed: 0 })
  })

  test('in one tab it ends the recording of the others, once', async () => {
    const browser = fakeBrowser()
    const [tab, other] = [browser.openTab(), browser.openTab()]
    const logs = [tab.start(), other.start()]
    for (const log of logs) log.trackMessage(hello)
    await browser.advance(10_000)

    logs[0]?.setConsent('denied')
    await browser.advance(10_000)

    expect(logs.map((log) => log.getState().consent)).toEqual(['denied', 'denied'])
    expect(browser.database.rows()).toEqual([])
    expect(tab.platform.cookies.get('chatlog_visitor')).toBeUndefined()
  })

  test('whatever a page is about to do when it comes, nothing more is sent and no cookie comes back', async () => {
    for (let momentMs = 0; momentMs < 150; momentMs++) {
      const browser = fakeBrowser()
      const tab = browser.openTab()
      const before = tab.start()
      browser.endpoint.always({ kind: 'status', status: 503 })
      for (const id of ['a', 'b']) {
        before.startConversation({ id })
        before.trackMessage(hello)
      }
      await browser.advance(1_000)
      await tab.navigate()
      await browser.advance(1_000)
      browser.endpoint.always(null)

      const log = tab.start()
      await browser.advance(momentMs)
      const sent = browser.network.sent.length
      log.setConsent('denied')
      await browser.advance(60_000)

      expect(browser.network.sent.length, `refused after ${momentMs} ms`).toBe(sent)
      expect(browser.cookies.kept(), `refused after ${momentMs} ms`).toEqual([])
      expect([...browser.localStorage.entries], `refused after ${momentMs} ms`).toEqual([])
    }
  })

  test.each([
    ['takes consent back', (log: Instance) => log.setConsent('pending')],
    ['is stopped', (log: Instance) => log.stop()],
    [
      'takes consent back twice',
      (log: Instance) => {
        for (const consent of ['pending', 'granted', 'pending'] as const) log.setConsent(consent)
      },
    ],
  ])('whatever a page that %s still saves when it comes, none of it is stored anew', async (_, end) => {
    for (let momentMs = 0; momentMs < 150; momentMs++) {
      const browser = fakeBrowser()
      const [tab, other] = [browser.openTab(), browser.openTab()]
      tab.start().trackMessage(hello)
      other.start().startConversation({ id: 'chat' })
      await browser.advance(50)
      await tab.close()

      const log = browser.openTab().start()
      log.trackMessage(hello)
      await browser.advance(momentMs)
      end(log)
      await browser.advance(momentMs % 50)
      log.setConsent('denied')
      await browser.advance(60_000)

      const moment = `ended after ${momentMs} ms`
      expect(browser.database.rows(), moment).toEqual([])
      expect([...browser.localStorage.entries], moment).toEqual([])
      expect(browser.cookies.kept(), moment).toEqual([])
    }
  })

  test('whatever a page that has taken consent back still saves, none of it outlives a refusal in another tab', async () => {
    for (let momentMs = 0; momentMs < 60; momentMs++) {
      const browser = fakeBrowser()
      const [one, other] = [browser.openTab(), browser.openTab()]
      const [log, refusing] = [one.start(), other.start()]
      log.startConversation({ id: 'chat' })
      log.trackMessage(hello)
      await browser.advance(momentMs)
      log.setConsent('pending')
      refusing.setConsent('denied')
      await browser.advance(60_000)
      for (const tab of [one, other]) await tab.close()

      const sent = browser.network.sent.length
      browser.openTab().start()
      await browser.advance(60_000)

      const moment = `consent taken back after ${momentMs} ms`
      expect(browser.database.rows(), moment).toEqual([])
      expect(browser.network.sent.length, moment).toBe(sent)
    }
  })

  test('what a recording still waits for when it ends opens no channel again', async () => {
    for (let momentMs = 0; momentMs < 20; momentMs++) {
      const open = new Set<object>()
      const alter = (platform: Platform): Platform => ({
        ...platform,
        openChannel(name, onMessage) {
          const channel = platform.openChannel(name, onMessage)
          open.add(channel)
          const close = () => {
            open.delete(channel)
            channel.close()
          }
          return { ...channel, close }
        },
      })
      const browser = fakeBrowser({ alter })
      browser.endpoint.always({ kind: 'status', status: 503 })
      const tab = browser.openTab()
      tab.start().trackMessage(hello)
      await browser.advance(10_000)
      await tab.navigate()
      open.clear()

      const log = tab.start()
      await browser.advance(momentMs)
      log.setConsent('denied')
      await browser.advance(60_000)

      expect([momentMs, open.size]).toEqual([momentMs, 0])
    }
  })
})
