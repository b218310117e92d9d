import type { Page } from 'playwright/test'
import { accessibilityFaults } from './accessibility.ts'
import { expect, flush, type Site, say, test } from './fixtures.ts'
import type { TestCollector } from './test-collector.ts'

const panelTag = '<script src="/dist/chatlog-debug.js"></script>'

const panelOf = (page: Page) => page.getByRole('region', { name: 'chatlog debug panel' })
const openerOf = (page: Page) => page.getByRole('button', { name: 'chatlog', exact: true })

/** A page with tag and panel, which is unfolded. */
async function openPanel(page: Page, site: Site, tag: Record<string, string> = {}) {
  await site.open(page, site.page('/panel', { tag, body: `<main><h1>A page</h1></main>${panelTag}` }))
  await openerOf(page).click()
  return panelOf(page)
}

const conversationId = (page: Page) => page.evaluate(() => window.chatlog.getState().conversations[0]?.id ?? '')

test('the panel shows visitor, consent, the conversation’s size against the limit, and the last answer', async ({
  page,
  site,
}) => {
  const panel = await openPanel(page, site, { maxWaitMs: '60000' })
  await say(page, 'Hi')
  await expect(panel).toContainText('1 message; dirty')
  await flush(page)

  await expect(panel).toContainText(/Visitor[\w-]{21} \(COOKIED\)Consentgranted/)
  await expect(panel).toContainText(`200: ${await conversationId(page)}, 1 messages`)
  await expect(panel).toContainText(/\d+ bytes of 2,000,000 a part/)
  await expect(panel).toContainText('Nothing stands in the way.')
})

test('a refused key is said with what to do about it', async ({ page, site, collector }) => {
  collector.fail({ kind: 'answer', status: 403 })
  const panel = await openPanel(page, site)
  await say(page, 'Hi')
  for (let times = 0; times < 3; times++) await flush(page)

  await expect(panel.getByRole('status').first()).toContainText(/chatlog sends nothing: .*Use a WEB key that exists/)
})

test('pending consent is said with what to do about it', async ({ page, site }) => {
  const panel = await openPanel(page, site, { consent: 'pending' })

  await expect(panel.getByRole('status').first()).toContainText('Call chatlog.setConsent(…)')
})

test('each message is checked against the contract, and passes on as it was', async ({ page, site, collector }) => {
  const panel = await openPanel(page, site)
  await page.evaluate(() => {
    window.chatlog.trackMessage({ role: 'tool', content: 'secret text' } as never)
    window.chatlog.trackMessages([
      { id: 'a', role: 'assistant', content: 'Look', links: [{ label: 'no url' }] } as never,
    ])
  })
  await flush(page)

  await expect(panel).toContainText('2 checked against the contract')
  await expect(panel).toContainText('Not recorded: `role` must be system, user or assistant')
  await expect(panel).toContainText('Recorded without this: links[0].url')
  await expect(panel).not.toContainText('secret text')
  expect(await collector.transcripts()).toEqual([['assistant: Look']])
})

test('a page without the script is told so', async ({ page, site }) => {
  await page.goto(site.rawPage('/none', `<!doctype html><html lang="en"><title>None</title><body>${panelTag}`))
  await openerOf(page).click()

  await expect(panelOf(page)).toContainText('There is no chatlog on this page.')
})

test('by keyboard: Enter unfolds, Escape folds, and the focus stays with it', async ({ page, site }) => {
  await site.open(page, site.page('/panel', { body: panelTag }))
  await expect(openerOf(page)).toBeVisible()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Collapse' })).toBeFocused()
  await page.keyboard.press('Escape')

  await expect(openerOf(page)).toBeFocused()
  await expect(panelOf(page)).toBeHidden()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} panel`, async ({ page, site, collector, context }) => {
    await page.emulateMedia({ colorScheme })
    const panel = await openPanel(page, site)
    collector.fail({ kind: 'answer', status: 422, body: '{"detail":"messages[0]: no"}' })
    await say(page, 'Hi')
    await say(page, '', { role: 'nobody' as never })
    await flush(page)
    await expect(panel).toContainText('refused')

    expect(await accessibilityFaults(page)).toEqual([])
    expect(context.pages()).toHaveLength(1)
  })
}

test('it lies over the page and moves none of it, and can be moved to every corner', async ({ page, site }) => {
  const placeOf = () => page.locator('h1').boundingBox()
  await site.open(page, site.page('/plain', { body: '<main><h1>A page</h1></main>' }))
  const before = await placeOf()
  const panel = await openPanel(page, site)
  const places = new Set<string>()
  for (let times = 0; times < 4; times++) {
    await page.getByRole('button', { name: 'Move' }).click()
    places.add(JSON.stringify(await panel.boundingBox()))
  }

  expect(await placeOf()).toEqual(before)
  expect(places.size).toBe(4)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
})

for (const [place, style] of Object.entries({
  'bottom left': 'left: 0; bottom: 0',
  'bottom right': 'right: 0; bottom: 0',
  'the left half': 'left: 0; top: 0; height: 100%; width: 50%',
})) {
  test(`unfolded it covers nothing of a chat in ${place}`, async ({ page, site }) => {
    const chat = `<div data-chatlog id="chat" style="position: fixed; width: 300px; height: 250px; ${style}"></div>`
    await site.open(page, site.page('/panel', { body: `${chat}${panelTag}` }))
    await openerOf(page).click()

    const [panel, widget] = [await panelOf(page).boundingBox(), await page.locator('#chat').boundingBox()]
    if (!panel || !widget) throw new Error('there is no panel or no chat')
    const apart =
      panel.x >= widget.x + widget.width ||
      panel.x + panel.width <= widget.x ||
      panel.y >= widget.y + widget.height ||
      panel.y + panel.height <= widget.y
    expect(apart).toBe(true)
  })
}

test('the strictest Content Security Policy and Trusted Types have nothing to report', async ({
  page,
  site,
  collector,
}) => {
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  await page.goto(strictPage(site, collector))
  await openerOf(page).click()
  await say(page, 'Hi')
  await flush(page)
  await expect(panelOf(page)).toContainText('200:')

  expect(await page.evaluate(() => (window as unknown as { violations: string[] }).violations)).toEqual([])
  expect(said).toEqual([])
})

function strictPage(site: Site, { endpoint, webKey }: TestCollector): string {
  const policy = [
    `default-src 'none'; script-src 'self' 'nonce-n'; connect-src ${endpoint}; img-src data:`,
    "require-trusted-types-for 'script'; trusted-types 'none'",
  ].join('; ')
  return site.rawPage(
    '/strict',
    `<!doctype html><html lang="en"><title>Strict</title><link rel="icon" href="data:,">
<script nonce="n">violations = []; document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective))</script>
<script src="/dist/chatlog.js" data-api-key="${webKey}" data-endpoint="${endpoint}"></script>
<body>${panelTag}`,
    { 'content-security-policy': policy },
  )
}
