import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { scriptTag } from './chat-page.ts'
import { expect, flush, say } from './fixtures.ts'
import { conversation, converse, test } from './hostile-page.ts'

// What a site on plain http is: a name that is neither this machine's nor secure.
const plainHost = 'docs.example.com'
test.use({
  launchOptions: async ({ launchOptions }, use) =>
    use({
      ...launchOptions,
      args: [...(launchOptions.args ?? []), `--host-resolver-rules=MAP ${plainHost} 127.0.0.1`],
    }),
})

/** What chatlog writes to the page's console from now on. */
function linesOf(page: Page): string[] {
  const lines: string[] = []
  page.on('console', (message) => message.text().startsWith('chatlog') && lines.push(message.text()))
  return lines
}

test('in a sandboxed frame, where cookies, storage and locks are denied, what is said is stored', async ({
  page,
  site,
  collector,
}) => {
  site.page('/inner', { body: '<main data-chatlog><a href="#there">A link</a></main>' })
  await page.goto(
    site.rawPage(
      '/outer',
      `<!doctype html><title>Outer</title><link rel="icon" href="data:,"><iframe sandbox="allow-scripts" src="/inner"></iframe>`,
    ),
  )
  const frame = page.frames().find((one) => one.url().endsWith('/inner'))
  if (!frame) throw new Error('there is no frame')
  await frame.waitForFunction(() => typeof window.chatlog?.getState === 'function')
  expect(await frame.evaluate(() => window.origin)).toBe('null')
  await converse(frame)
  expect((await frame.evaluate(() => window.chatlog.flush())).pending).toEqual([])

  expect(await collector.transcripts()).toEqual(conversation)
  expect(await frame.evaluate(() => window.chatlog.getState())).toMatchObject({
    storage: 'memory',
    sender: { state: 'idle' },
    conversations: [{ state: 'delivered' }],
    counts: { delivered: 2, dropped: {} },
  })
})

test('in a sandboxed frame a visitor whom the site doesn’t know is ANONYMOUS, and one console line says what is denied', async ({
  page,
  site,
  collector,
}) => {
  const lines = linesOf(page)
  site.page('/inner')
  await page.goto(
    site.rawPage(
      '/outer',
      `<!doctype html><title>Outer</title><link rel="icon" href="data:,"><iframe sandbox="allow-scripts" src="/inner"></iframe>`,
    ),
  )
  const frame = page.frames().find((one) => one.url().endsWith('/inner'))
  await frame?.waitForFunction(() => typeof window.chatlog?.getState === 'function')
  await frame?.evaluate(() => window.chatlog.trackMessage({ role: 'user', content: 'Hi' }))
  await frame?.evaluate(() => window.chatlog.flush())

  const [stored] = await collector.stored()
  const state = await frame?.evaluate(() => window.chatlog.getState().visitor)
  expect(state).toEqual({ id: stored?.userProperties?.id, identificationType: 'ANONYMOUS' })
  expect(lines).toEqual([expect.stringContaining('nothing can be stored here')])
})

test('on plain http, with neither locks nor crypto.subtle, what is said is stored, by the visitor’s cookie', async ({
  page,
  site,
  collector,
  context,
}) => {
  site.page('/plain', { body: '<main data-chatlog><a href="#there">A link</a></main>' })
  const address = `${site.origin.replace('127.0.0.1', plainHost)}/plain`
  await site.open(page, address)
  expect(await page.evaluate(() => [isSecureContext, 'locks' in navigator, crypto.subtle])).toEqual([
    false,
    false,
    undefined,
  ])
  await converse(page)
  expect((await flush(page)).pending).toEqual([])
  await site.open(page, address)
  await say(page, 'Thanks')
  expect((await flush(page)).pending).toEqual([])

  expect(await collector.transcripts()).toEqual([[...(conversation[0] ?? []), 'user: Thanks']])
  expect(await context.cookies(address)).toMatchObject([
    { name: 'chatlog_visitor', domain: '.example.com', secure: false },
  ])
  expect(await page.evaluate(() => window.chatlog.getState())).toMatchObject({
    storage: 'durable',
    conversations: [{ state: 'delivered' }],
  })
})

for (const second of ['chatlog.js', 'chatlog-observe.js']) {
  test(`with ${second} of another version loaded too, everything is recorded once, by the first`, async ({
    page,
    site,
    collector,
  }) => {
    const code = await readFile(join(import.meta.dirname, '../../dist', second), 'utf8')
    const { version } = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'))
    site.rawPage('/other.js', code.replaceAll(version, '99.9.9'), { 'content-type': 'text/javascript' })
    const tag = { 'api-key': collector.webKey, endpoint: collector.endpoint }
    const body = `${scriptTag(tag).replace('/dist/chatlog.js', '/other.js')}<main data-chatlog><a href="#there">A link</a></main>`
    await site.open(
      page,
      site.rawPage(
        '/twice',
        `<!doctype html><title>Twice</title><link rel="icon" href="data:,">${scriptTag(tag).replace(' async', '')}${body}`,
      ),
    )
    await page.waitForLoadState('load')
    await converse(page)
    await flush(page)

    expect(await collector.transcripts()).toEqual(conversation)
    const [stored] = await collector.stored()
    expect(stored?.properties?.chatlog).toMatchObject({ libraryVersion: version })
    expect(JSON.stringify(stored).match(/clickedAt/g)).toHaveLength(1)
    expect(await page.evaluate(() => window.chatlog.getState().counts)).toMatchObject({ recorded: 2, delivered: 2 })
  })
}

test('with an ad blocker in the way the state says so, one console line says so, and nothing is lost', async ({
  page,
  site,
  collector,
}) => {
  const lines = linesOf(page)
  await page.route(collector.endpoint, (route) => route.abort('blockedbyclient'))
  await site.open(page)
  await say(page, 'Hi')
  await expect
    .poll(async () => {
      await flush(page)
      return page.evaluate(() => window.chatlog.getState().sender.state)
    })
    .toBe('unreachable')

  expect(await flush(page)).toMatchObject({ delivered: [], pending: [{ reason: 'unreachable' }] })
  expect(await page.evaluate(() => window.chatlog.getState())).toMatchObject({
    conversations: [{ state: 'dirty' }],
    counts: { recorded: 1, delivered: 0, dropped: {} },
  })
  expect(lines).toEqual([expect.stringContaining('ad blocker')])

  await page.unroute(collector.endpoint)
  await site.open(page)
  await expect.poll(collector.transcripts).toEqual([['user: Hi']])
})
