import { expect, test } from 'vitest'
import { feedbackUpsertSchema } from '../../src/contract/feedback.ts'
import { feedbackEndpointOf, withFeedbackUpserts } from '../../src/observe/record/feedback-upserts.ts'
import { createInstance } from '../../src/script/instance.ts'
import { type InitOptions, resolveOptions } from '../../src/script/options.ts'
import type { Platform } from '../../src/script/platform.ts'
import { startRecording } from '../../src/script/start.ts'
import { endpointOptions, fakeBrowser } from '../script/fakes/fake-platform.ts'

const transcript = [
  { id: 'q1', role: 'user', content: 'How?' },
  { id: 'a1', role: 'assistant', content: 'With npm.' },
] as const

/** A page whose endpoint answers feedback with these statuses, the last one for good. */
function feedbackPage(statuses: number[] = [200], init: Partial<InitOptions> = {}) {
  const upserts: { url: string; body: Record<string, unknown>; status: number }[] = []
  const alter = (platform: Platform): Platform => ({
    ...platform,
    fetch: async (request) => {
      const { pathname } = new URL(request.url)
      if (!pathname.endsWith('/feedback')) return platform.fetch(request)
      const status = statuses[upserts.length] ?? (statuses.at(-1) as number)
      const body = feedbackUpsertSchema.parse(JSON.parse(request.body.join('')))
      upserts.push({ url: request.url, body, status })
      return new Response(JSON.stringify({ id: body.id }), { status })
    },
  })
  const browser = fakeBrowser({ alter })
  const tab = browser.openTab()
  const options = resolveOptions({ ...endpointOptions, ...init })
  const start = () => createInstance(options, tab.platform, () => {}, withFeedbackUpserts(startRecording))
  return { browser, tab, start, log: start(), upserts }
}

test('feedback goes to the endpoint’s sibling once its message has been delivered, under the visitor’s name', async () => {
  const { log, browser, upserts } = feedbackPage()
  log.identify({ userId: 'u7' })
  log.trackMessages([...transcript])
  log.trackFeedback({ messageId: 'a1', type: 'negative', reasons: [{ label: 'wrong', details: 'I use yarn' }] })
  expect(upserts).toEqual([])

  await browser.advance(5_000)

  const messageId = browser.endpoint.conversations()[0]?.messages[1]?.id
  expect(upserts).toHaveLength(1)
  expect(upserts[0]).toMatchObject({
    url: 'https://collector.example.com/feedback',
    body: {
      ...{ messageId, type: 'negative', reasons: [{ label: 'wrong', details: 'I use yarn' }] },
      userProperties: { id: 'u7', identificationType: 'ID_PROVIDED' },
    },
  })
})

test('a changed mind is an upsert of the same id, and what hasn’t changed is not sent again', async () => {
  const { log, browser, upserts } = feedbackPage()
  log.trackMessages([...transcript])
  log.trackFeedback({ messageId: 'a1', type: 'negative' })
  await browser.advance(5_000)

  log.trackFeedback({ messageId: 'a1', type: 'positive' })
  await browser.advance(5_000)
  log.trackMessage({ role: 'user', content: 'And then?' })
  await browser.advance(30_000)

  expect(upserts.map(({ body }) => body.type)).toEqual(['negative', 'positive'])
  expect(new Set(upserts.map(({ body }) => body.id)).size).toBe(1)
})

test('an outage is waited out', async () => {
  const { log, browser, upserts } = feedbackPage([503, 500, 200])
  log.trackMessages([...transcript])
  log.trackFeedback({ messageId: 'a1', type: 'positive' })

  await browser.advance(60_000)

  expect(upserts.map(({ status }) => status)).toEqual([503, 500, 200])
})

test('while it is waited out a changed mind takes the place of the first', async () => {
  const { log, browser, upserts } = feedbackPage([503, 200])
  log.trackMessages([...transcript])
  log.trackFeedback({ messageId: 'a1', type: 'negative' })
  await browser.advance(1_200)

  log.trackFeedback({ messageId: 'a1', type: 'positive' })
  await browser.advance(60_000)

  expect(upserts.map(({ body }) => body.type)).toEqual(['negative', 'positive'])
})

test('an endpoint without `/feedback` is asked once in a page, and the feedback stays at its message', async () => {
  const { log, browser, upserts } = feedbackPage([404])
  log.trackMessages([...transcript])
  log.trackFeedback({ messageId: 'a1', type: 'negative' })
  await browser.advance(5_000)

  log.trackFeedback({ messageId: 'a1', type: 'positive' })
  await browser.advance(5_000)

  expect(upserts).toHaveLength(1)
  expect(browser.endpoint.conversations()[0]?.messages[1]?.properties).toMatchObject({
    chatlog: { feedback: { type: 'positive' } },
  })
})

test('what a page could not deliver before it went, the next one tells', async () => {
  const { log, browser, tab, start, upserts } = feedbackPage()
  browser.goOffline()
  log.trackMessages([...transcript])
  log.trackFeedback({ messageId: 'a1', type: 'positive' })
  await tab.navigate()
  expect(upserts).toEqual([])
  await browser.goOnline()

  start()
  await browser.advance(30_000)

  expect(upserts.map(({ body }) => body.type)).toEqual(['positive'])
})

test('after `denied` nothing more is told', async () => {
  const { log, browser, upserts } = feedbackPage([503])
  log.trackMessages([...transcript])
  log.trackFeedback({ messageId: 'a1', type: 'positive' })
  await browser.advance(2_000)
  const before = upserts.length

  log.setConsent('denied')
  await browser.advance(60_000)

  expect(before).toBe(1)
  expect(upserts).toHaveLength(1)
})

test.each([
  ['https://api.analytics.inkeep.com/conversations', 'https://api.analytics.inkeep.com/feedback'],
  ['https://example.com/chat/conversations/?region=eu', 'https://example.com/chat/feedback?region=eu'],
  ['https://example.com/collect', null],
])('the sibling of %s is %s', (endpoint, sibling) => {
  expect(feedbackEndpointOf(endpoint)).toBe(sibling)
})
