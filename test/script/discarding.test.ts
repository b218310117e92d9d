import { expect, test } from 'vitest'
import { marksOf, type ServedConversation } from './fakes/fake-endpoint.ts'
import { type FakeBrowserOptions, fakeBrowser, twoTabsOnOneChat } from './fakes/fake-platform.ts'

type Browser = ReturnType<typeof fakeBrowser>

const say = (content: string) => ({ role: 'user', content }) as const

/** Everything that stands on the visitor's machine, as one text. */
const storedIn = ({ database, localStorage }: Browser) =>
  JSON.stringify([database.rows(), [...localStorage.entries.values()]])

const isMarked = (conversation: ServedConversation | undefined) =>
  typeof (marksOf(conversation) as { discardedAt?: string }).discardedAt === 'string'

/** What is asked of the endpoint after that moment. */
const sentAfter = ({ endpoint }: Browser, count: number) => endpoint.requests.slice(count)

/** A page with a chat, all of it delivered. */
async function delivered(options: FakeBrowserOptions = {}) {
  const browser = fakeBrowser(options)
  const tab = browser.openTab()
  const log = tab.start()
  return { browser, tab, log }
}

test.each(['merge', 'replace'] as const)(
  'a removed chat leaves nothing on the machine, and one mark on a server that works by %s',
  async (mode) => {
    const { browser, log } = await delivered({ mode })
    log.trackMessage(say('my secret'))
    await browser.advance(10_000)
    const before = browser.endpoint.requests.length

    log.discardConversation()
    await browser.advance(60_000)

    const sent = sentAfter(browser, before)
    expect(sent).toHaveLength(1)
    expect(sent[0]?.text).not.toMatch(/(my|another|third) secret/)
    expect(browser.endpoint.conversations()).toHaveLength(1)
    expect(isMarked(browser.endpoint.conversations()[0])).toBe(true)
    if (mode === 'replace') expect(browser.endpoint.contents()).toEqual([['discarded']])
    expect(storedIn(browser)).not.toMatch(/(my|another|third) secret/)
  },
)

test('what was never delivered is never sent', async () => {
  const { browser, log } = await delivered()
  browser.goOffline()
  log.trackMessage(say('my secret'))
  await browser.advance(10_000)
  log.discardConversation()
  await browser.goOnline()
  await browser.advance(60_000)

  expect(browser.endpoint.requests.map(({ text }) => text).join()).not.toMatch(/(my|another|third) secret/)
  expect(storedIn(browser)).not.toMatch(/(my|another|third) secret/)
})

test('the next message starts a new conversation, which holds nothing of the one before', async () => {
  const { browser, tab, log } = await delivered()
  const [first, second] = [
    { id: '1', ...say('my secret') },
    { id: '2', ...say('next') },
  ]
  log.trackMessages([first])
  await browser.advance(10_000)
  log.discardConversation()
  // The widget renders once more before its list is empty.
  log.trackMessages([first])
  await browser.advance(10_000)
  log.trackMessages([second])
  log.trackMessage(say('and more'))
  await browser.advance(10_000)
  await tab.navigate()
  tab.start().trackMessage(say('after a reload'))
  await browser.advance(30_000)

  expect(browser.endpoint.contents()).toEqual([['discarded'], ['next', 'and more', 'after a reload']])
})

test('calls on a removed conversation are dropped and said, also after a reload', async () => {
  const { browser, tab, log } = await delivered()
  log.trackMessage({ ...say('my secret'), id: '1', conversationId: 'chat' })
  await browser.advance(10_000)
  log.discardConversation('chat')
  const call = (instance: typeof log) => {
    instance.trackMessage({ ...say('too late'), id: '2', conversationId: 'chat' })
    instance.trackMessages([{ ...say('too late'), id: '3' }], { conversationId: 'chat' })
    instance.trackFeedback({ messageId: '1', type: 'positive', conversationId: 'chat' })
    instance.appendToMessage('1', 'too late', { conversationId: 'chat' })
    instance.trackLinkClick({ url: '/too-late', conversationId: 'chat' })
    instance.startConversation({ id: 'chat', tags: ['too late'] })
  }
  call(log)
  await browser.advance(10_000)
  expect(log.getState().counts.dropped).toEqual({ discarded: 3, invalid: 2 })
  for (const word of ['discardConversation', 'no message `1`']) expect(browser.errors.join()).toContain(word)

  await tab.navigate()
  const next = tab.start()
  call(next)
  await browser.advance(60_000)

  expect(next.getState().counts.dropped).toEqual({ discarded: 3, invalid: 2 })
  expect(browser.endpoint.contents()).toEqual([['discarded']])
  expect(storedIn(browser)).not.toMatch(/my secret|too late|too-late/)
})

test('another tab forgets it too, and what that adds before it hears of it', async () => {
  const { a, b, browser, advance, endpoint, conversationId } = await twoTabsOnOneChat()
  a.trackMessage(say('my secret'))
  b.trackMessage(say('another secret'))
  await advance(10_000)

  a.discardConversation()
  b.trackMessage(say('a third secret'))
  await advance(60_000)
  b.trackMessage(say('something new'))
  await advance(60_000)

  expect(endpoint.contentsOf(conversationId)).toEqual(['discarded'])
  expect(endpoint.contents()).toContainEqual(['something new'])
  expect(storedIn(browser)).not.toMatch(/(my|another|third) secret/)
})

test.each(['a', 'b'] as const)('the mark is the last word, also where tab %s crashes right after', async (which) => {
  const { a, b, tabA, tabB, browser, advance, endpoint, conversationId } = await twoTabsOnOneChat()
  a.trackMessage(say('my secret'))
  b.trackMessage(say('another secret'))
  await advance(10_000)
  a.discardConversation()
  await advance(10)
  ;(which === 'a' ? tabA : tabB).crash()
  await advance(60_000)
  for (const tab of [tabA, tabB]) if (tab.isOpen()) await tab.close()
  browser.openTab().start()
  await advance(60_000)

  expect(endpoint.contentsOf(conversationId)).toEqual(['discarded'])
  expect(storedIn(browser)).not.toMatch(/(my|another|third) secret/)
})

test('a chat of an earlier day that is gone from this machine is marked as what goes on from it', async () => {
  const { browser, tab, log } = await delivered()
  log.trackMessage({ ...say('my secret'), conversationId: 'chat' })
  await browser.advance(30_000)
  await tab.close()
  await browser.advance(86_400_000)
  const morning = browser.openTab()
  morning.start()
  await browser.advance(10_000)
  await morning.navigate()
  const before = browser.endpoint.requests.length
  morning.start().discardConversation('chat')
  await browser.advance(30_000)

  const [first, mark] = browser.endpoint.conversations()
  expect(sentAfter(browser, before)).toHaveLength(1)
  expect(isMarked(mark)).toBe(true)
  expect(marksOf(mark).continues).toBe(first?.id)
})

test('it stays removed for weeks, and is no more than a mark', async () => {
  const { browser, tab, log } = await delivered()
  log.trackMessage({ ...say('my secret'), conversationId: 'chat' })
  await browser.advance(30_000)
  log.discardConversation('chat')
  await browser.advance(30_000)
  for (let week = 0; week < 3; week++) {
    await tab.navigate()
    await browser.advance(7 * 86_400_000)
    const next = tab.start()
    await browser.advance(10_000)
    next.trackMessage({ ...say('too late'), conversationId: 'chat' })
    await browser.advance(30_000)
  }

  expect(browser.endpoint.contents()).toEqual([['discarded']])
})

test('a clock that jumps back leaves the mark the newest that was said', async () => {
  const { browser, log } = await delivered({ mode: 'merge' })
  log.trackMessage(say('my secret'))
  await browser.advance(30_000)
  browser.clock.jump(-3_600_000)
  log.discardConversation()
  await browser.advance(30_000)

  const updates = browser.endpoint.requests.map(({ text }) => Date.parse(JSON.parse(text).updatedAt))
  expect(updates.at(-1)).toBeGreaterThan(updates[0] as number)
})

test('what was never said here is removed without a word', async () => {
  const { browser, log } = await delivered()
  log.discardConversation()
  log.discardConversation('chat')
  await browser.advance(30_000)

  expect(browser.endpoint.requests).toHaveLength(0)
  expect(browser.errors).toEqual([])
})

test('an answer that is still coming ends with its chat', async () => {
  const { browser, log } = await delivered()
  log.trackMessage({ id: 'a', role: 'assistant', content: 'my secr', status: 'streaming' })
  log.appendToMessage('a', 'et')
  log.discardConversation()
  log.appendToMessage('a', 'et')
  await browser.advance(30_000)

  expect(browser.endpoint.contents()).toEqual([['discarded']])
  expect(storedIn(browser)).not.toContain('secr')
})
