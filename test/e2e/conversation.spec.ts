import { answer, expect, flush, say, test } from './fixtures.ts'

test('a streamed answer is stored whole, once, when it is complete', async ({ page, site, collector }) => {
  await site.open(page)
  await say(page, 'Tell me')
  const id = await answer(page, '', { status: 'streaming' })
  for (const word of ['It ', 'streams ', 'well.']) {
    await page.evaluate(([id, word]) => window.chatlog.appendToMessage(id, word), [id, word] as const)
  }
  await page.evaluate((id) => window.chatlog.completeMessage(id), id)

  await expect.poll(collector.transcripts).toEqual([['user: Tell me', 'assistant: It streams well.']])
  const [conversation] = await collector.stored()
  expect(conversation?.messages[1]?.properties).toMatchObject({ chatlog: { status: 'complete' } })
})

test('an answer that the visitor stopped arrives as far as it came', async ({ page, site, collector }) => {
  await site.open(page)
  const id = await answer(page, 'As far as', { status: 'streaming' })
  await page.evaluate((id) => window.chatlog.completeMessage(id, { status: 'aborted' }), id)
  await flush(page)

  const [conversation] = await collector.stored()
  expect(conversation?.messages[0]).toMatchObject({
    content: 'As far as',
    properties: { chatlog: { status: 'aborted' } },
  })
})

test('a question without an answer is sent by itself after maxWaitMs', async ({ page, site, collector }) => {
  await site.open(page, site.page('/', { tag: { 'max-wait-ms': '200' } }))

  await say(page, 'Anybody there?')

  await expect.poll(collector.transcripts).toEqual([['user: Anybody there?']])
})

test('the conversation goes on over a reload and the site’s pages, as one and in order', async ({
  page,
  site,
  collector,
}) => {
  site.page('/guide')
  site.page('/reference')
  await site.open(page)
  await say(page, 'one')
  await answer(page, 'two')
  await page.reload()
  await site.open(page, `${site.origin}/guide`)
  await say(page, 'three')
  await site.open(page, `${site.origin}/reference`)
  await answer(page, 'four')
  await flush(page)

  expect(await collector.transcripts()).toEqual([['user: one', 'assistant: two', 'user: three', 'assistant: four']])
})

// 64 rows are read at a time.
for (const count of [63, 64, 150]) {
  test(`a conversation of ${count} messages goes on whole after a reload`, async ({ page, site, collector }) => {
    await site.open(page)
    await page.evaluate(async (said) => {
      for (let index = 1; index <= said; index++) window.chatlog.trackMessage({ role: 'user', content: `${index}` })
      await window.chatlog.flush()
    }, count)
    await page.reload()
    await site.open(page)
    await answer(page, 'and on')
    await flush(page)

    const said = Array.from({ length: count }, (_, index) => `user: ${index + 1}`)
    expect(await collector.transcripts()).toEqual([[...said, 'assistant: and on']])
    expect(collector.upserts().at(-1)?.messages).toHaveLength(count + 1)
  })
}

test('every upsert holds all messages of the conversation', async ({ page, site, collector }) => {
  await site.open(page)
  await say(page, 'one')
  await flush(page)
  await page.reload()
  await site.open(page)
  await answer(page, 'two')
  await flush(page)

  const contents = collector.upserts().map(({ messages }) => messages.map(({ content }) => content))
  expect(contents.at(0)).toEqual(['one'])
  expect(contents.at(-1)).toEqual(['one', 'two'])
})

test('a message recorded again under its id is updated, not doubled', async ({ page, site, collector }) => {
  await site.open(page)
  await answer(page, 'First draft', { id: 'a1' })
  await flush(page)
  await answer(page, 'Final text', { id: 'a1' })
  await flush(page)

  expect(await collector.transcripts()).toEqual([['assistant: Final text']])
})

test('a widget may give its whole transcript at every render', async ({ page, site, collector }) => {
  await site.open(page)
  const transcript = [
    { id: 'm1', role: 'user', content: 'Hi' },
    { id: 'm2', role: 'assistant', content: 'Hel' },
  ] as const
  await page.evaluate((messages) => window.chatlog.trackMessages(messages), transcript)
  await flush(page)
  const sent = collector.upserts().length
  await page.evaluate((messages) => window.chatlog.trackMessages(messages), transcript)
  await flush(page)
  expect(collector.upserts()).toHaveLength(sent)

  await page.evaluate(
    (messages) => window.chatlog.trackMessages(messages),
    [transcript[0], { ...transcript[1], content: 'Hello' }, { id: 'm3', role: 'user' as const, content: 'Thanks' }],
  )
  await flush(page)

  expect(await collector.transcripts()).toEqual([['user: Hi', 'assistant: Hello', 'user: Thanks']])
})

test('a conversation that the widget names is the same one in every tab', async ({
  page,
  site,
  collector,
  context,
}) => {
  const other = await context.newPage()
  for (const tab of [page, other]) {
    await site.open(tab)
    await tab.evaluate(() =>
      window.chatlog.startConversation({ id: 'ticket-1', tags: ['docs'], visibility: 'private' }),
    )
  }
  await say(page, 'one')
  await flush(page)
  await answer(other, 'two')
  await flush(other)
  await say(page, 'three')
  await flush(page)

  const [conversation] = await collector.stored()
  expect(await collector.transcripts()).toEqual([['user: one', 'assistant: two', 'user: three']])
  expect(conversation).toMatchObject({ externalId: 'ticket-1', tags: ['docs'], visibility: 'private' })
  expect(conversation?.id).not.toBe('ticket-1')
})

test('two tabs without a name have a conversation each, of the same visitor', async ({
  page,
  site,
  collector,
  context,
}) => {
  const other = await context.newPage()
  await site.open(page)
  await site.open(other)
  await Promise.all([say(page, 'from one tab'), say(other, 'from the other')])
  await Promise.all([flush(page), flush(other)])

  expect((await collector.transcripts()).flat().sort()).toEqual(['user: from one tab', 'user: from the other'])
  // Each may have made an id before it could see the other's: the one that the cookie kept becomes both's.
  const visitors = async () => (await collector.stored()).map(({ userProperties }) => userProperties?.id)
  await expect.poll(async () => new Set(await visitors()).size).toBe(1)
  expect(await visitors()).toHaveLength(2)
})

test('links, tool calls, names and properties arrive as they were given', async ({ page, site, collector }) => {
  await site.open(page)
  await answer(page, 'See the guide', {
    id: 'a1',
    name: 'Ada',
    links: [{ url: 'https://docs.example.com/guide', label: 'Guide', type: 'documentation', breadcrumbs: ['Docs'] }],
    toolCalls: [{ id: 't1', type: 'function', function: { name: 'search', arguments: '{"q":"guide"}' } }],
    properties: { model: 'm' },
    createdAt: '2026-03-01T12:00:00+02:00',
  })
  await flush(page)

  const [conversation] = await collector.stored()
  expect(conversation?.messages[0]).toMatchObject({
    externalId: 'a1',
    name: 'Ada',
    links: [{ url: 'https://docs.example.com/guide', label: 'Guide', type: 'documentation', breadcrumbs: ['Docs'] }],
    tool_calls: [{ id: 't1', type: 'function', function: { name: 'search', arguments: '{"q":"guide"}' } }],
    properties: { model: 'm' },
  })
  expect(Date.parse(conversation?.messages[0]?.createdAt ?? '')).toBe(Date.parse('2026-03-01T10:00:00Z'))
})

test('the page is stored without what its address may give away', async ({ page, site, collector }) => {
  site.page('/account', { title: 'Account' })
  await site.open(page, `${site.origin}/account?token=secret&tab=2#part`)
  await say(page, 'Hi')
  await flush(page)

  const [conversation] = await collector.stored()
  expect(conversation?.properties).toMatchObject({
    chatlog: { page: { title: 'Account', url: expect.stringContaining(`${site.origin}/account`) } },
  })
  expect(JSON.stringify(conversation)).not.toMatch(/secret|#part/)
})

test('two tabs that write into one conversation at once lose nothing of each other', async ({
  page,
  site,
  collector,
  context,
}) => {
  const other = await context.newPage()
  const tabs = [page, other]
  for (const tab of tabs) {
    await site.open(tab)
    await tab.evaluate(() => window.chatlog.startConversation({ id: 'shared' }))
  }
  for (let turn = 0; turn < 5; turn++) {
    await Promise.all(tabs.map((tab, number) => say(tab, `tab ${number}, turn ${turn}`)))
    await Promise.all(tabs.map(flush))
  }

  const expected = [0, 1].flatMap((tab) => [0, 1, 2, 3, 4].map((turn) => `user: tab ${tab}, turn ${turn}`))
  await expect.poll(async () => (await collector.transcripts()).map((said) => [...said].sort())).toEqual([expected])
  const lastBody = collector.upserts().at(-1)
  expect(lastBody?.messages).toHaveLength(10)
})

test('a tab that missed two messages never overwrites them', async ({ page, site, collector, context }) => {
  const other = await context.newPage()
  for (const tab of [page, other]) {
    await site.open(tab)
    await tab.evaluate(() => window.chatlog.startConversation({ id: 'shared' }))
  }
  await say(other, 'one')
  await say(other, 'two')
  await flush(other)
  await say(page, 'three')
  await flush(page)
  await page.close()
  await other.close()

  const contents = collector.upserts().map(({ messages }) => messages.map(({ content }) => content))
  expect(contents.at(-1)).toEqual(['one', 'two', 'three'])
  expect(await collector.transcripts()).toEqual([['user: one', 'user: two', 'user: three']])
})

test('several conversations in one tab are kept apart, even with the same message ids', async ({
  page,
  site,
  collector,
}) => {
  await site.open(page)
  await page.evaluate(() => {
    const first = window.chatlog.startConversation({ id: 'first' })
    const second = window.chatlog.startConversation({ id: 'second' })
    window.chatlog.trackMessage({ id: 'same', conversationId: first, role: 'user', content: 'one' })
    window.chatlog.trackMessage({ id: 'same', conversationId: second, role: 'user', content: 'two' })
    window.chatlog.trackMessage({ conversationId: 'first', role: 'assistant', content: 'three' })
    window.chatlog.trackMessage({ role: 'assistant', content: 'four' })
  })
  await flush(page)

  const stored = await collector.stored()
  const said = stored.map(({ externalId, messages }) => [externalId, ...messages.map(({ content }) => content)])
  expect(said.sort()).toEqual([
    ['first', 'one', 'three'],
    ['second', 'two', 'four'],
  ])
})

for (const ids of ['with ids', 'without ids'] as const) {
  test(`a transcript ${ids} that the widget gives again after a reload is not doubled`, async ({
    page,
    site,
    collector,
  }) => {
    const transcript = (length: number) =>
      Array.from({ length }, (_, index) => ({
        ...(ids === 'with ids' ? { id: `m${index}` } : {}),
        role: index % 2 ? ('assistant' as const) : ('user' as const),
        content: `text ${index}`,
      }))
    await site.open(page)
    await page.evaluate((messages) => window.chatlog.trackMessages(messages), transcript(4))
    await flush(page)

    await site.open(page, site.page('/', { early: `chatlog.trackMessages(${JSON.stringify(transcript(6))})` }))

    const expected = transcript(6).map(({ role, content }) => `${role}: ${content}`)
    await expect.poll(collector.transcripts).toEqual([expected])
  })
}

test('the order is the order of recording, even when the clock is set back', async ({ page, site, collector }) => {
  await page.clock.install({ time: new Date('2026-11-22T12:00:00Z') })
  await site.open(page)
  await say(page, 'one')
  await flush(page)
  await page.clock.setSystemTime(new Date('2026-11-22T11:00:00Z'))
  await say(page, 'two')
  await flush(page)
  await answer(page, 'three')
  await flush(page)

  expect(await collector.transcripts()).toEqual([['user: one', 'user: two', 'assistant: three']])
})

test('an answer of 2,000 pieces is sent once, when it is complete', async ({ page, site, collector }) => {
  await site.open(page)
  await page.evaluate(async () => {
    const id = window.chatlog.trackMessage({ role: 'assistant', content: '', status: 'streaming' })
    for (let number = 0; number < 2_000; number++) {
      window.chatlog.appendToMessage(id, `${number} `)
      if (number % 50 === 0) await new Promise(requestAnimationFrame)
    }
    window.chatlog.completeMessage(id)
  })
  await flush(page)

  const whole = Array.from({ length: 2_000 }, (_, number) => `${number} `).join('')
  expect(await collector.transcripts()).toEqual([[`assistant: ${whole}`]])
  expect(collector.upserts()).toHaveLength(1)
})
