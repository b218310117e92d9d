import type { Page } from 'playwright/test'
import type { Site } from './fixtures.ts'
import { expect, flush, started } from './fixtures.ts'
import { conversation, converse, test } from './hostile-page.ts'
import type { TestCollector } from './test-collector.ts'

const builds = ['chatlog.js', 'chatlog-observe.js']

/** The policy that a bank has: scripts with the nonce, requests to the endpoint, no text that becomes code. */
const policyFor = ({ endpoint }: TestCollector) =>
  `default-src 'none'; script-src 'nonce-n'; require-trusted-types-for 'script'; trusted-types 'none'; connect-src ${endpoint}; img-src data:; base-uri 'none'`

function strictPage(site: Site, collector: TestCollector, path: string, build: string): string {
  const { webKey, endpoint } = collector
  return site.rawPage(
    path,
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Strict</title><link rel="icon" href="data:,">
    <script nonce="n" async src="/dist/${build}" data-api-key="${webKey}" data-endpoint="${endpoint}" data-debug="true"></script>
    <script nonce="n" src="/dist/chatlog-debug.js"></script></head>
    <body><main data-chatlog><a href="#there">A link</a></main>
    <div id="chat"></div></body></html>`,
    { 'content-security-policy': policyFor(collector), 'cross-origin-opener-policy': 'same-origin' },
  )
}

const panelOf = (page: Page) => page.getByRole('region', { name: 'chatlog debug panel' })

for (const build of builds) {
  test(`a whole conversation under the strictest policy breaks nothing of it (${build}, with the panel)`, async ({
    page,
    site,
    collector,
  }) => {
    await page.goto(strictPage(site, collector, '/strict', build))
    await started(page)
    await page.getByRole('button', { name: 'chatlog', exact: true }).click()
    await converse(page)
    await page.getByRole('button', { name: 'Send now' }).click()
    await expect(panelOf(page)).toContainText('200:')
    await page.getByRole('button', { name: 'Move' }).click()
    expect(await collector.transcripts()).toEqual(conversation)

    // The next page takes up where this one stopped, then the visitor changes their mind.
    await page.goto(strictPage(site, collector, '/next', build))
    await started(page)
    await page.evaluate(() => window.chatlog.trackMessage({ role: 'user', content: 'Thanks' }))
    await flush(page)
    await page.evaluate(() => {
      window.chatlog.reset()
      window.chatlog.setConsent('denied')
      window.chatlog.setConsent('granted')
      window.chatlog.registerRoot(document.createElement('div').attachShadow({ mode: 'closed' }))
      window.chatlog.stop()
    })

    expect(await collector.transcripts()).toEqual([[...(conversation[0] ?? []), 'user: Thanks']])
  })
}

test('observing a widget under the strictest policy breaks nothing of it', async ({ page, site, collector }) => {
  await page.goto(strictPage(site, collector, '/strict', 'chatlog-observe.js'))
  await started(page)
  await page.evaluate(() => {
    const { observe } = window.chatlog as unknown as { observe(selectors: object): void }
    observe({ observe: '#chat', user: '.user', assistant: '.bot' })
    for (const [who, text] of [
      ['user', 'How?'],
      ['bot', 'So.'],
    ] as const) {
      const element = document.createElement('p')
      element.className = who
      element.textContent = text
      document.querySelector('#chat')?.append(element)
    }
  })

  await expect.poll(collector.transcripts).toEqual([['user: How?', 'assistant: So.']])
})

test('a policy that forbids the endpoint is a state and one line in the console, and nothing is lost', async ({
  page,
  site,
  collector,
  trouble,
}) => {
  const said: string[] = []
  page.on('console', (message) => message.text().startsWith('chatlog:') && said.push(message.text()))
  await page.goto(
    site.rawPage(
      '/closed',
      `<!doctype html><title>Closed</title><link rel="icon" href="data:,">
      <script async src="/dist/chatlog.js" data-api-key="${collector.webKey}" data-endpoint="${collector.endpoint}"></script>`,
      { 'content-security-policy': "default-src 'self'; img-src data:" },
    ),
  )
  await started(page)
  await page.evaluate(() => window.chatlog.trackMessage({ role: 'user', content: 'Hi' }))
  await expect
    .poll(async () => {
      await flush(page)
      return page.evaluate(() => window.chatlog.getState().sender.state)
    })
    .toBe('unreachable')

  expect(await page.evaluate(() => window.chatlog.getState())).toMatchObject({
    conversations: [{ state: 'dirty' }],
    counts: { recorded: 1, delivered: 0 },
  })
  expect(said).toEqual([expect.stringMatching(/CSP/)])
  // The policy is the page's: the requests that it forbids are reported, and nothing else.
  expect(trouble.splice(0).every((what) => what.startsWith('violation: connect-src'))).toBe(true)

  await page.goto(site.page('/open'))
  await started(page)
  await expect.poll(collector.transcripts).toEqual([['user: Hi']])
})
