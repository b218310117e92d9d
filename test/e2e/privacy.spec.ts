import type { Page } from 'playwright/test'
import { everythingKept } from './everything-kept.ts'
import { expect, flush, type Site, test } from './fixtures.ts'
import type { TestCollector } from './test-collector.ts'

/** What a visitor may write, by where it is written. None of it may be found anywhere. */
const secrets = [
  ...['ada@typed.example', '4111 1111 1111 1111', '+49 30 901820', 'abcDEF1234567890', 'hunter2!x'],
  ...['grace@named.example', 'link-value', 'grace@label.example', 'tool@args.example', 'props@message.example'],
  ...['click-value', 'page-value', 'title@page.example', 'props@conversation.example', 'tag@option.example'],
  ...['stream@grown.example', 'half@stream.exam'],
]

/** A page with the larger tag, its address and title full of what must not be kept. */
async function openPrivatePage(page: Page, site: Site, { endpoint, webKey }: TestCollector, privacy: string) {
  const address = site.rawPage(
    '/private',
    `<!doctype html><title>For title@page.example</title><link rel="icon" href="data:,">
<div data-chatlog><a id="link" href="#?q=click-value">Ask grace@label.example</a></div>
<script src="/dist/chatlog-observe.js" data-api-key="${webKey}" data-endpoint="${endpoint}" data-privacy="${privacy}"></script>`,
  )
  await page.goto(`${address}?who=page-value`)
}

const sayEverything = (page: Page) =>
  page.evaluate(() => {
    const { chatlog } = window
    const properties = { from: 'props@conversation.example' }
    chatlog.startConversation({ properties, tags: ['tag@option.example'] })
    chatlog.trackMessage({
      role: 'user',
      content:
        'I am ada@typed.example, card 4111 1111 1111 1111, call +49 30 901820, Bearer abcDEF1234567890, password: hunter2!x',
      name: 'grace@named.example',
      properties: { by: 'props@message.example' },
    })
    chatlog.trackMessage({
      role: 'assistant',
      content: [{ type: 'text', text: 'Look there.' }],
      links: [{ url: 'https://docs.example.com/a?q=link-value', label: 'of grace@label.example' }],
      toolCalls: [{ id: 'c', function: { name: 'find', arguments: { who: 'tool@args.example' } } }],
    })
    chatlog.trackMessage({ id: 'grown', role: 'assistant', content: 'Write to ', status: 'streaming' })
    for (const delta of ['stream@', 'grown.exa', 'mple now, or to half@stream.exam']) {
      chatlog.appendToMessage('grown', delta)
    }
    document.getElementById('link')?.click()
  })

const foundIn = (text: string) => secrets.filter((secret) => text.includes(secret))

test('redacted: nothing of it is in cookie, storage, request, answer or console, while it grows and after', async ({
  page,
  site,
  collector,
}) => {
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  await openPrivatePage(page, site, collector, 'redacted')
  await sayEverything(page)

  await expect.poll(() => everythingKept(page)).toContain('Write to [email]')
  expect(foundIn(await everythingKept(page))).toEqual([])

  await page.evaluate(() => window.chatlog.completeMessage('grown', { status: 'aborted' }))
  await flush(page)
  const sent = collector.requests.map((request) => JSON.stringify(request)).join()
  expect(foundIn((await everythingKept(page)) + sent + said.join())).toEqual([])
  const [conversation] = await collector.stored()
  expect(conversation?.messages.map(({ content }) => content)).toEqual([
    'I am [email], card [card], call [phone], Bearer [key], password: [key]',
    [{ type: 'text', text: 'Look there.' }],
    'Write to [email] now, or to [email]',
  ])
})

test('redacted: what is stored still says what it was about', async ({ page, site, collector }) => {
  await openPrivatePage(page, site, collector, 'redacted')
  await sayEverything(page)
  await page.evaluate(() => window.chatlog.completeMessage('grown'))
  await flush(page)

  const [conversation] = await collector.stored()
  expect(conversation).toMatchObject({
    properties: {
      from: '[email]',
      chatlog: {
        page: { url: `${site.origin}/private?who=`, title: 'For [email]' },
        linkClicks: [{ url: `${site.origin}/private?who=#?q=`, label: 'Ask [email]' }],
      },
    },
    tags: ['[email]'],
  })
  expect(conversation?.messages[1]).toMatchObject({
    links: [{ url: 'https://docs.example.com/a?q=', label: 'of [email]' }],
    tool_calls: [{ function: { name: 'find', arguments: '{"who":"[email]"}' } }],
  })
})

test('the site’s own beforeStore sees the message first, and what it leaves is redacted', async ({
  page,
  site,
  collector,
}) => {
  const { endpoint, webKey: apiKey } = collector
  await page.goto(site.rawPage('/own', `<!doctype html><script src="/dist/chatlog-observe.js"></script>`))
  await page.evaluate(
    (options) => {
      const start = window.chatlog as unknown as { init(options: object): void }
      start.init({
        ...options,
        privacy: 'redacted',
        beforeStore: (message: { content: string }) =>
          message.content.includes('secret project')
            ? null
            : { ...message, content: `${message.content} jane@example.com` },
      })
      window.chatlog.trackMessage({ role: 'user', content: 'ada@example.com on order 4711' })
      window.chatlog.trackMessage({ role: 'user', content: 'about the secret project' })
    },
    { endpoint, apiKey },
  )
  await flush(page)

  expect(await collector.transcripts()).toEqual([['user: [email] on order 4711 [email]']])
})

test('metadata: who spoke, how much, when and to which hosts, and not one word', async ({ page, site, collector }) => {
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  await openPrivatePage(page, site, collector, 'metadata')
  await sayEverything(page)
  await page.evaluate(() => window.chatlog.completeMessage('grown'))
  await flush(page)

  const [conversation] = await collector.stored()
  const everything = (await everythingKept(page)) + JSON.stringify(collector.requests) + said.join()
  expect(foundIn(everything)).toEqual([])
  expect(everything).not.toMatch(/Look there|Write to|I am/)
  expect(conversation?.tags ?? []).toEqual([])
  expect(conversation).toMatchObject({
    properties: { chatlog: { page: { url: site.origin, title: '' }, linkClicks: [{ url: site.origin, label: null }] } },
    messages: [
      { role: 'user', content: '', properties: { contentLength: 114 } },
      { role: 'assistant', content: '', links: [{ url: 'https://docs.example.com' }] },
      { role: 'assistant', content: '', properties: { contentLength: 57, chatlog: { status: 'complete' } } },
    ],
  })
})

test('redacted: a widget that is only observed is redacted too, and recognised after a reload', async ({
  page,
  site,
  collector: { endpoint, webKey, stored, requests },
}) => {
  const address = site.rawPage(
    '/observed',
    `<!doctype html><title>Observed</title><link rel="icon" href="data:,">
<div id="chat"><p class="user">I am ada@typed.example</p><p class="bot">Hello, call +49 30 901820 then.</p></div>
<script src="/dist/chatlog-observe.js" data-api-key="${webKey}" data-endpoint="${endpoint}" data-privacy="redacted"
  data-observe="#chat" data-user=".user" data-assistant=".bot"></script>`,
  )
  for (const visit of ['first', 'reload']) {
    await page.goto(`${address}?${visit}`)
    await expect.poll(() => page.evaluate(() => window.chatlog.getState().conversations[0]?.messages)).toBe(2)
    await flush(page)
    await expect.poll(() => page.evaluate(() => window.chatlog.getState().conversations[0]?.state)).toBe('delivered')
  }

  expect(foundIn((await everythingKept(page)) + JSON.stringify(requests))).toEqual([])
  expect((await stored()).map(({ messages }) => messages.map(({ content }) => content))).toEqual([
    ['I am [email]', 'Hello, call [phone] then.'],
  ])
})
