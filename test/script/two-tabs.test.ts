import { expect, test } from 'vitest'
import { marksOf } from './fakes/fake-endpoint.ts'
import { fakeBrowser, twoTabsOnOneChat } from './fakes/fake-platform.ts'

test('what two tabs say in one chat is one conversation, in the order in which it was said', async () => {
  const { a, b, advance, endpoint, conversationId } = await twoTabsOnOneChat()

  a.trackMessage({ role: 'user', content: 'one' })
  await advance(100)
  b.trackMessage({ role: 'user', content: 'two' })
  await advance(100)
  a.trackMessage({ role: 'user', content: 'three' })
  await advance(30_000)

  expect(endpoint.conversations()).toHaveLength(1)
  expect(endpoint.contentsOf(conversationId)).toEqual(['one', 'two', 'three'])
})

test('the order is that of recording even when the clock jumps back between two tabs', async () => {
  const { a, b, advance, clock, endpoint, conversationId } = await twoTabsOnOneChat()
  a.trackMessage({ role: 'user', content: 'one' })
  await advance(100)

  clock.jump(-3_600_000)
  b.trackMessage({ role: 'user', content: 'two' })
  await advance(30_000)

  expect(endpoint.contentsOf(conversationId)).toEqual(['one', 'two'])
})

test('the clicks of two tabs on links in one message are all kept, whichever tab wrote the message', async () => {
  const { a, b, tabA, tabB, browser, advance, endpoint } = await twoTabsOnOneChat()
  const click = (log: typeof a, page: number) =>
    log.trackLinkClick({ url: `https://docs.example.com/${page}`, messageId: 'answer' })
  a.trackMessage({ id: 'answer', role: 'assistant', content: 'See these pages.' })
  await advance(10_000)

  click(b, 1)
  click(a, 2)
  await advance(10_000)
  for (const tab of [tabA, tabB]) await tab.close()
  browser.openTab().start()
  await advance(60_000)

  const clicks = endpoint.conversations()[0]?.messages[0]?.properties?.chatlog as { linkClicks: { url: string }[] }
  expect(clicks.linkClicks.map(({ url }) => url.at(-1)).sort()).toEqual(['1', '2'])
})

test('a page that was in the back/forward cache knows what another tab said meanwhile', async () => {
  const { a, b, tabB, advance, endpoint, conversationId } = await twoTabsOnOneChat()
  b.trackMessage({ role: 'user', content: 'one' })
  await advance(10_000)
  expect(await tabB.leaveCached()).toBe(true)
  a.trackMessage({ role: 'user', content: 'two' })
  await advance(10_000)

  await tabB.comeBack()
  b.trackMessage({ role: 'user', content: 'three' })
  await advance(10_000)

  expect(endpoint.contentsOf(conversationId)).toEqual(['one', 'two', 'three'])
  const sizes = endpoint.requests.map(({ messageIds }) => messageIds.length)
  expect(sizes).toEqual([...sizes].sort())
})

test('a version of a message is newer than the one before, also when the clock jumped back', async () => {
  const { a, advance, clock, endpoint } = await twoTabsOnOneChat()
  const versions = async (content: string) => {
    a.trackMessage({ id: 'answer', role: 'assistant', content })
    await advance(10_000)
    return Date.parse(endpoint.conversations()[0]?.messages[0]?.updatedAt ?? '')
  }
  const first = await versions('It is')
  clock.jump(-3_600_000)

  expect(await versions('It is so')).toBeGreaterThanOrEqual(first + 1)
  expect(endpoint.conversations()[0]?.messages).toMatchObject([{ content: 'It is so' }])
})

test('what a page says before it has read the conversation so far comes after it, also when the clock jumped', async () => {
  const browser = fakeBrowser()
  const tab = browser.openTab()
  tab.start().trackMessage({ role: 'user', content: 'one' })
  await browser.advance(1_000)
  await tab.navigate()

  browser.clock.jump(-3_600_000)
  tab.start().trackMessage({ role: 'user', content: 'two' })
  await browser.advance(30_000)

  const [conversation] = browser.endpoint.conversations()
  expect(browser.endpoint.contentsOf(conversation?.id ?? '')).toEqual(['one', 'two'])
})

test('what is said in a chat of the site’s name before it is read comes after it, also when the clock jumped back', async () => {
  const browser = fakeBrowser()
  const say = (content: string) => {
    const log = browser.openTab().start()
    log.startConversation({ id: 'chat' })
    log.trackMessage({ role: 'user', content })
  }
  say('one')
  await browser.advance(10_000)
  browser.clock.jump(-3_600_000)
  say('two')
  say('three')
  await browser.advance(30_000)

  const conversations = browser.endpoint.conversations()
  expect(conversations).toHaveLength(1)
  expect(browser.endpoint.contentsOf(String(conversations[0]?.id))).toEqual(['one', 'two', 'three'])
})

test('two tabs that record in the same millisecond agree on the order', async () => {
  const { a, b, tabA, advance, endpoint } = await twoTabsOnOneChat()

  a.trackMessage({ id: 'm2', role: 'user', content: 'two' })
  b.trackMessage({ id: 'm1', role: 'user', content: 'one' })
  await advance(30_000)
  await tabA.close()
  b.trackMessage({ id: 'm3', role: 'user', content: 'three' })
  await advance(30_000)

  const orders = endpoint.requests.map(({ messageIds }) => messageIds.slice(0, 2).join()).filter((ids) => /,/.test(ids))
  expect(new Set(orders).size).toBe(1)
})

test('an answer that another tab still receives is never called interrupted', async () => {
  const { a, b, tabB, advance, endpoint, network } = await twoTabsOnOneChat()
  a.trackMessage({ id: 'answer', role: 'assistant', content: 'It is', status: 'streaming' })
  await advance(1_000)

  b.trackMessage({ role: 'user', content: 'bye' })
  await tabB.close()
  await advance(30_000)

  const sent = [...endpoint.requests, ...network.armed()].filter(({ text }) => text.includes('bye'))
  expect(sent.map(({ text }) => text).join()).not.toContain('interrupted')
})

test('what a killed browser was receiving in two chats is interrupted in both, as far as it had come', async () => {
  const { a, browser, advance, endpoint } = await twoTabsOnOneChat()
  for (const conversationId of ['chat', 'other chat']) {
    a.trackMessage({ conversationId, role: 'assistant', content: `It is (${conversationId})`, status: 'streaming' })
  }
  await advance(1_000)

  browser.kill()
  browser.openTab().start()
  await advance(30_000)

  const messages = endpoint.conversations().flatMap((conversation) => conversation.messages)
  expect(messages).toMatchObject([
    { properties: { chatlog: { status: 'interrupted' } } },
    { properties: { chatlog: { status: 'interrupted' } } },
  ])
})

test('a tab that sends what another recorded, and is closed while that hangs, leaves nothing short for good', async () => {
  const { a, tabB, advance, endpoint, conversationId } = await twoTabsOnOneChat()
  a.trackMessage({ role: 'user', content: 'one' })
  await advance(10_000)
  endpoint.always({ kind: 'hang', appliedAfterMs: 3_000 })
  await advance(10_000)

  await tabB.close()
  endpoint.always(null)
  a.trackMessage({ role: 'user', content: 'two' })
  await advance(60_000)

  expect(endpoint.contentsOf(conversationId)).toEqual(['one', 'two'])
})

test('what is recorded while another page is forgetting the conversation is delivered all the same', async () => {
  const browser = fakeBrowser()
  browser.openTab().start().trackMessage({ conversationId: 'chat', role: 'user', content: 'one' })
  await browser.advance(60_000)

  browser.clock.jump(86_400_000)
  const log = browser.openTab().start()
  log.trackMessages([{ id: 'two', role: 'user', content: 'two' }], { conversationId: 'chat' })
  await browser.advance(60_000)

  const served = browser.endpoint.contents().flat()
  expect(served).toEqual(['one', 'two'])
})

test('a journal that nobody replayed before its conversation was forgotten is not delivered once more', async () => {
  const browser = fakeBrowser()
  const [tab, other] = [browser.openTab(), browser.openTab()]
  const log = tab.start()
  other.start()
  await browser.advance(60_000)
  log.trackMessage({ role: 'user', content: 'one' })
  await tab.close()

  await browser.advance(7_200_000)
  browser.openTab().start()
  await browser.advance(60_000)

  expect(browser.endpoint.conversations().map(({ messages }) => messages.length)).toEqual([1])
})

test('the clicks of two tabs on links that no message holds are all kept', async () => {
  const { a, b, tabA, tabB, browser, advance, endpoint } = await twoTabsOnOneChat()
  a.trackMessage({ role: 'assistant', content: 'Hello' })
  await advance(30_000)
  a.trackLinkClick({ url: 'https://docs.example.com/1' })
  b.trackLinkClick({ url: 'https://docs.example.com/2' })
  await advance(30_000)
  for (const tab of [tabA, tabB]) await tab.close()
  browser.openTab().start()
  await advance(60_000)

  const { linkClicks } = marksOf(endpoint.conversations()[0])
  expect(linkClicks?.map(({ url }) => url.at(-1)).sort()).toEqual(['1', '2'])
})
