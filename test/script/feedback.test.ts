import { expect, test } from 'vitest'
import { fakeBrowser, fakePage } from './fakes/fake-platform.ts'

const question = { id: 'q1', role: 'user', content: 'How do I install it?' } as const
const answer = { id: 'a1', role: 'assistant', content: 'With npm.' } as const

/** What the server holds under `properties.chatlog` of the answer. */
const marksOf = ({ endpoint }: Pick<ReturnType<typeof fakeBrowser>, 'endpoint'>) =>
  endpoint.conversations()[0]?.messages[1]?.properties?.chatlog as Record<string, unknown>

test('feedback travels with its message, and the last word counts', async () => {
  const page = fakePage()
  page.log.trackMessages([question, answer])

  page.log.trackFeedback({ messageId: 'a1', type: 'negative', reasons: [{ label: 'wrong', details: 'I use yarn' }] })
  page.log.trackFeedback({ messageId: 'a1', type: 'positive' })
  await page.advance(3_000)

  expect(marksOf(page)).toMatchObject({ status: 'complete', feedback: { type: 'positive' } })
  expect(marksOf(page)).not.toHaveProperty('feedback.reasons')
})

test('feedback that comes after the delivery is delivered too, and an update of the message keeps it', async () => {
  const page = fakePage()
  page.log.trackMessages([question, answer])
  await page.advance(3_000)

  page.log.trackFeedback({ messageId: 'a1', type: 'negative' })
  await page.advance(3_000)
  expect(marksOf(page)).toMatchObject({ feedback: { type: 'negative' } })
  page.log.trackMessages([question, { ...answer, content: 'With npm install.' }])
  await page.advance(3_000)

  expect(marksOf(page)).toMatchObject({ feedback: { type: 'negative' } })
})

test('a click in one tab and feedback in another on the same message are both kept', async () => {
  const browser = fakeBrowser()
  const logs = [browser.openTab(), browser.openTab()].map((tab) => tab.start())
  for (const log of logs) log.startConversation({ id: 'chat' })
  logs[0]?.trackMessages([question, answer], { conversationId: 'chat' })
  await browser.advance(3_000)

  logs[0]?.trackFeedback({ messageId: 'a1', type: 'positive' })
  logs[1]?.trackLinkClick({ url: 'https://example.com/install', messageId: 'a1', conversationId: 'chat' })
  await browser.advance(20_000)

  expect(marksOf(browser)).toMatchObject({
    feedback: { type: 'positive' },
    linkClicks: [{ url: 'https://example.com/install' }],
  })
})

test('feedback on a message of an earlier page is kept once that page’s messages are read', async () => {
  const browser = fakeBrowser()
  const tab = browser.openTab()
  tab.start().trackMessages([question, answer])
  await browser.advance(3_000)
  await tab.navigate()

  tab.start().trackFeedback({ messageId: 'a1', type: 'positive' })
  await browser.advance(3_000)

  expect(marksOf(browser)).toMatchObject({ feedback: { type: 'positive' } })
})

test('feedback on nothing, or of no known type, is refused with one line and a count', async () => {
  const { log, errors, advance } = fakePage()
  log.trackMessages([question, answer])

  log.trackFeedback({ messageId: 'nowhere', type: 'positive' })
  log.trackFeedback({ messageId: 'a1', type: 'up' as 'positive' })
  await advance(3_000)

  expect(log.getState().counts.dropped).toEqual({ invalid: 2 })
  expect(errors).toEqual([
    expect.stringContaining('the feedback names no message that is recorded here'),
    expect.stringContaining('feedback `type` must be positive, negative, or null to take it back'),
  ])
})
