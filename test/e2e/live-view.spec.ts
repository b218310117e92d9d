import { expect } from 'playwright/test'
import { accessibilityFaults } from './accessibility.ts'
import { hostile, hostileChat } from './live-view-server.ts'
import { entries, open, openFilters, test } from './live-view-test.ts'

test('signs in by API key, which never stands in an address, and out again', async ({
  page,
  liveView,
  context,
  faults,
}) => {
  const addresses: string[] = []
  page.on('request', (request) => addresses.push(request.url()))
  await page.goto(liveView.url)
  await page.getByLabel('API key').fill(liveView.webKey)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('This is a WEB key')
  // The browser itself reports the refusal, with its 401.
  expect(faults.splice(0)).toEqual([expect.stringContaining('401')])

  await page.getByLabel('API key').fill(liveView.apiKey)
  await page.getByRole('button', { name: 'Sign in' }).click()

  await expect(page.getByText('Nothing stored yet')).toBeVisible()
  expect(addresses.filter((address) => address.includes(liveView.apiKey))).toEqual([])
  expect(await context.cookies()).toMatchObject([{ name: 'chatlog_session', httpOnly: true, sameSite: 'Lax' }])
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByLabel('API key')).toBeVisible()
})

test('a conversation opens by a click though more of it arrives while the button is held', async ({
  page,
  liveView,
}) => {
  await open(page, liveView)
  await liveView.say('c1', 'How do I install it?')
  await entries(page).hover()
  await page.mouse.down()
  // It is announced once the list knows of it.
  await page.evaluate(() => {
    const announcement = document.querySelector('#announcement') as Element
    announcement.textContent = ''
  })
  await liveView.say('c1', 'How do I install it on Debian?')
  await expect(page.locator('#announcement')).toContainText('Stored')
  await page.mouse.up()

  await expect(page.getByRole('article')).toContainText('How do I install it on Debian?')
  await expect(entries(page)).toContainText('How do I install it on Debian?')
})

test('shows conversations as they arrive, and only those that the filters let through', async ({ page, liveView }) => {
  await open(page, liveView)
  await liveView.say('c1', 'How do I install it?', { tags: ['docs'] })
  await expect(entries(page)).toHaveText([/How do I install it\?/])

  await openFilters(page)
  await page.getByRole('combobox', { name: 'Tag' }).fill('docs')
  await expect(page.getByRole('link', { name: 'Remove the filter tag: docs' })).toBeVisible()
  await expect(page.getByText('live', { exact: true })).toBeAttached()
  await liveView.say('c2', 'Not of the docs')
  await liveView.say('c3', 'Another of the docs', { tags: ['docs'], createdAt: '2026-03-02T12:00:00.000Z' })

  await expect(entries(page)).toHaveText([/Another of the docs/, /How do I install it\?/])
  await page.goBack()
  await expect(entries(page)).toHaveCount(3)
})

test.describe('in Auckland', () => {
  test.use({ timezoneId: 'Pacific/Auckland' })

  test('a message in an old conversation puts it on top; days and filters are the reader’s, whose zone is named', async ({
    page,
    liveView,
  }) => {
    // Both on 1 March in UTC, on 1 and 2 March in Auckland.
    await liveView.say('c1', 'early', { createdAt: '2026-03-01T10:00:00Z', updatedAt: '2026-03-01T10:00:00Z' })
    await liveView.say('c2', 'late', { createdAt: '2026-03-01T12:00:00Z', updatedAt: '2026-03-01T12:00:00Z' })
    await open(page, liveView)
    await expect(entries(page)).toHaveText([/late/, /early/])

    const later = { createdAt: '2026-03-01T10:00:00Z', updatedAt: '2026-03-03T12:00:00Z' }
    await liveView.say('c1', 'early, and later', later)
    await expect(entries(page)).toHaveText([/early, and later/, /late/])
    await page.reload()
    await expect(entries(page)).toHaveText([/early, and later/, /late/])

    await openFilters(page)
    await expect(page.getByText(/Days and times are those of Pacific\/Auckland \(GMT\+1[23]\)/)).toBeVisible()
    await page.getByRole('textbox', { name: 'Began until' }).fill('2026-03-01')
    await expect(entries(page)).toHaveText([/early/])
    await page.getByRole('textbox', { name: 'Began from' }).fill('2026-03-02')
    await page.getByRole('textbox', { name: 'Began until' }).fill('2026-03-02')
    await expect(entries(page)).toHaveText([/late/])
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Clear all' }).click()
    await page.getByRole('link', { name: 'Statistics' }).click()
    await page.getByText('As numbers').first().click()
    await expect(page.getByRole('main', { name: 'Statistics' }).locator('.numbers table').first()).toContainText(
      /day \(Pacific\/Auckland\)\s*conversations\s*messages\s*2026-03-01\s*1\s*2\s*2026-03-02\s*1\s*2/,
    )
  })
})

test('finds words in messages, any visitor, and what was clicked; the address keeps it', async ({ page, liveView }) => {
  await liveView.say('c1', 'The NEEDLE in here')
  await liveView.say('c2', 'hay', { userProperties: { id: 'visitor-2' } })
  await open(page, liveView)
  await expect(entries(page)).toHaveCount(2)

  await page.getByLabel('Search in messages').fill('needle')
  await expect(entries(page)).toHaveText([/The NEEDLE in here/])
  await page.reload()
  await expect(page.getByLabel('Search in messages')).toHaveValue('needle')
  await expect(entries(page)).toHaveCount(1)

  await page.getByLabel('Search in messages').fill('')
  await openFilters(page)
  await page.getByLabel('Visitor').fill('visitor-2')
  await expect(entries(page)).toHaveText([/hay/])
  await page.getByLabel('Clicked link').fill('https://nowhere.example')
  await expect(page.getByText('Nothing found')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Clear all' }).click()
  await expect(entries(page)).toHaveCount(2)
})

test('a conversation that is a little higher than its pane stays at its beginning when it changes', async ({
  page,
  liveView,
}) => {
  await liveView.say('c1', 'How do I install it?')
  await open(page, liveView)
  await entries(page).first().click()
  const detail = page.getByRole('region', { name: 'Conversation', exact: true })
  await expect(detail.getByText('Raw JSON')).toBeVisible()
  const end = await detail.evaluate((pane) => pane.firstElementChild?.getBoundingClientRect().bottom ?? 0)
  await page.setViewportSize({ width: 1280, height: Math.round(end) - 40 })

  await liveView.say('c1', 'How do I install it?', { tags: ['docs'] })

  await expect(detail.getByRole('link', { name: 'docs', exact: true })).toBeVisible()
  expect(await detail.evaluate((element) => [element.scrollTop, element.scrollHeight > element.clientHeight])).toEqual([
    0,
    true,
  ])
})

test('a conversation’s page says who, where, how long, what was clicked and what was thought of it', async ({
  page,
  liveView,
}) => {
  await liveView.say('c1', 'How do I install it?', { tags: ['docs'] })
  const reasons = [{ label: 'incomplete', details: 'which version?' }]
  await liveView.send('/feedback', { type: 'negative', messageId: 'c1-a', reasons })
  await liveView.send('/events', { type: 'copied', entityType: 'message', messageId: 'c1-a' })
  await open(page, liveView)

  await entries(page).first().click()

  const detail = page.getByRole('region', { name: 'Conversation', exact: true })
  await expect(detail).toContainText('answered after 3.0 s')
  await expect(detail.getByRole('list', { name: 'Links' })).toContainText(/Install\s*clicked .*, 6.0 s after/)
  await expect(detail.getByRole('list', { name: 'Feedback and events' })).toContainText(
    /negative feedback\s*incomplete: which version\?\s*event copied/,
  )
  await detail.getByRole('link', { name: 'docs', exact: true }).click()
  await expect(page.getByRole('link', { name: 'Remove the filter tag: docs' })).toBeVisible()
})

test('an answer’s Markdown is shown under the policy: code scrolls in its place, a link opens apart, nothing runs', async ({
  page,
  liveView,
}) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const code = `const ${'long'.repeat(80)} = 1`
  const content = `## Steps\n\n- **one** [Guide](/guide) [bad](javascript:alert(1))\n\n\`\`\`js\n${code}\n\`\`\`\n\n| a | b |\n| - | - |\n| ${'wide'.repeat(40)} | 2 |\n\n${hostile}`
  await liveView.say('c1', 'مرحبا كيف أثبته؟', {
    messages: [
      { id: 'q', role: 'user', content: 'مرحبا كيف أثبته؟' },
      { id: 'a', role: 'assistant', content },
    ],
  })
  await open(page, liveView)
  await entries(page).first().click()

  const answer = page.getByRole('article').locator('.markdown')
  await expect(answer.getByRole('heading', { name: 'Steps' })).toBeVisible()
  const link = answer.getByRole('link', { name: 'Guide' })
  await expect(link).toHaveAttribute('href', 'https://docs.example.com/guide')
  await expect(link).toHaveAttribute('rel', 'noopener noreferrer')
  await expect(answer).toContainText('<img src=x')
  for (const place of [answer.locator('pre'), answer.locator('.table-scroll')]) {
    const [inner, outer] = await place.evaluate((box) => [box.scrollWidth, box.clientWidth])
    expect(inner).toBeGreaterThan(outer ?? 0)
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  // The first letters of an Arabic title stand at the right.
  const title = page.getByRole('article').getByRole('heading', { level: 2 })
  expect(await title.evaluate((heading) => getComputedStyle(heading).direction)).toBe('rtl')
  await page.getByRole('button', { name: 'Raw text' }).click()
  await expect(page.getByRole('article')).toContainText('**one** [Guide](/guide)')
})

test('lists and quotations written from right to left have their marks at the right, within the answer', async ({
  page,
  liveView,
}) => {
  const content = '- أولا `npm install`\n- ثانيا\n\n1. واحد\n   - اثنان\n\n> اقتباس\n\n- first\n- second'
  await liveView.say('c1', '', { messages: [{ id: 'a', role: 'assistant', content }] })
  await open(page, liveView)
  await entries(page).first().getByRole('link').first().click()

  const answer = page.getByRole('article').locator('.markdown')
  await expect(answer.locator('blockquote')).toBeVisible()
  const sides = await answer.locator('ul, ol, blockquote').evaluateAll((blocks) =>
    blocks.map((block) => {
      const { direction, paddingRight, paddingLeft } = getComputedStyle(block)
      return [block.tagName, direction, Number.parseFloat(direction === 'rtl' ? paddingRight : paddingLeft) > 10]
    }),
  )
  expect(sides).toEqual([
    ['UL', 'rtl', true],
    ['OL', 'rtl', true],
    ['UL', 'rtl', true],
    ['BLOCKQUOTE', 'rtl', true],
    ['UL', 'ltr', true],
  ])
})

test('a table with a long word beside a long sentence is no higher than its words need, and scrolls', async ({
  page,
  liveView,
}) => {
  const content = `| Setting | Meaning |\n| -- | -- |\n| \`${'long'.repeat(60)}\` | ${'how long it waits '.repeat(8)} |`
  await liveView.say('c1', '', { messages: [{ id: 'a', role: 'assistant', content }] })
  await page.setViewportSize({ width: 390, height: 844 })
  await open(page, liveView)
  await entries(page).first().getByRole('link').first().click()

  const table = page.locator('.table-scroll')
  await expect(table).toBeVisible()
  const [height, inner, outer] = await table.evaluate((box) => [box.clientHeight, box.scrollWidth, box.clientWidth])
  expect(height).toBeLessThan(220)
  expect(inner).toBeGreaterThan(outer ?? 0)
})

test('at 390 px no number runs out of its card, and a message’s header stays a line of words', async ({
  page,
  liveView,
}) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const failed = { properties: { chatlog: { status: 'interrupted' } } }
  await liveView.say('c1', 'How do I install it?')
  await liveView.say('c2', 'Anybody?', {
    messages: [
      { id: 'q', role: 'user', name: 'Somebody with a long name', content: 'Anybody?' },
      { id: 'a', role: 'assistant', content: 'Just', ...failed },
    ],
  })
  await open(page, liveView)
  await page.getByRole('link', { name: 'Statistics' }).click()
  await expect(page.getByRole('main', { name: 'Statistics' })).toContainText('Latest searches')
  const outside = await page.evaluate(() =>
    [...document.querySelectorAll('.card, .figures div')].flatMap((card) => {
      const { left, right } = card.getBoundingClientRect()
      return [...card.querySelectorAll('*')]
        .filter((one) => !one.closest('.u-wrap, .scroll') && one.getClientRects().length > 0)
        .filter((one) => one.getBoundingClientRect().right > right + 1 || one.getBoundingClientRect().left < left - 1)
        .map((one) => one.outerHTML.slice(0, 80))
    }),
  )
  expect(outside).toEqual([])
  // One card beside the other would leave no room for words.
  const widths = await page.locator('#statistics > .card').evaluateAll((cards) => cards.map((card) => card.clientWidth))
  expect(Math.min(...widths)).toBeGreaterThan(330)

  await page.goto(`${liveView.url}/#id=c2`)
  await expect(page.getByRole('article')).toContainText('interrupted')
  const heights = await page
    .locator('.byline > *')
    .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().height))
  expect(Math.max(...heights)).toBeLessThan(30)
})

test('statistics count the selection, draw it, and lead to its conversations', async ({ page, liveView }) => {
  await liveView.say('c1', 'one')
  await liveView.say('c2', 'two', { tags: ['docs'], createdAt: '2026-03-03T12:00:00.000Z' })
  await liveView.send('/feedback', { type: 'negative', messageId: 'c2-a', reasons: [{ label: 'late', details: '' }] })
  await liveView.send('/events', { type: 's', entityType: 'search', searchQuery: 'retries' })
  await open(page, liveView)
  await page.getByRole('link', { name: 'Statistics' }).click()

  const statistics = page.getByRole('main', { name: 'Statistics' })
  await expect(statistics.locator('canvas')).toHaveCount(4)
  await expect(statistics.locator('.figures')).toContainText(/2\s*conversations|conversations\s*2/)
  await expect(statistics).toContainText('docs.example.com/never')
  await expect(statistics).toContainText('retries')
  await expect(statistics.getByRole('link', { name: 'late' })).toBeVisible()
  await statistics.getByRole('link', { name: 'negative' }).click()

  await expect(entries(page)).toHaveText([/two/])
})

test('statistics tell answers without a link from links that were all clicked', async ({ page, liveView }) => {
  await liveView.say('c1', '', { messages: [{ id: 'q', role: 'user', content: 'Anybody?' }] })
  await open(page, liveView)
  await page.getByRole('link', { name: 'Statistics' }).click()
  const statistics = page.getByRole('main', { name: 'Statistics' })
  await expect(statistics).toContainText('No answer showed a link.')

  const link = { url: 'https://docs.example.com/install', label: 'Install' }
  const properties = { chatlog: { linkClicks: [{ ...link, clickedAt: '2026-03-01T12:00:09.000Z' }] } }
  const messages = [{ id: 'a', role: 'assistant', content: 'With npm.', links: [link], properties }]
  await liveView.say('c2', '', { messages })
  await page.reload()
  await expect(statistics).toContainText('Every link that was shown was clicked.')
})

test('exports the selection', async ({ page, liveView }) => {
  await liveView.say('c1', '=1+1', { tags: ['docs'] })
  await liveView.say('c2', 'other')
  await open(page, liveView)
  await page.goto(`${liveView.url}/#tag=docs`)
  await expect(entries(page)).toHaveCount(1)

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()])

  expect(download.suggestedFilename()).toBe('conversations.csv')
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
  const lines = Buffer.concat(chunks).toString().trimEnd().split('\r\n')
  expect(lines).toHaveLength(3)
  expect(lines[1]).toContain(`"'=1+1"`)
})

test('whatever is stored, nothing of it runs or becomes markup', async ({ page, liveView }) => {
  await liveView.send('/conversations', hostileChat('c1'))
  const reasons = [{ label: hostile, details: hostile }]
  await liveView.send('/feedback', { type: 'negative', messageId: 'c1-a', reasons })
  await liveView.send('/events', { type: hostile, entityType: 'message', messageId: 'c1-a' })
  await liveView.send('/events', { type: 's', entityType: 'search', searchQuery: hostile })
  await open(page, liveView)

  await page.goto(`${liveView.url}/#${new URLSearchParams({ text: hostile, tag: hostile, visitor: hostile })}`)
  await entries(page).first().click()
  await expect(page.getByRole('region', { name: 'Conversation', exact: true })).toContainText('negative feedback')
  await openFilters(page)
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Statistics' }).click()
  await expect(page.getByRole('main', { name: 'Statistics' })).toContainText('Latest searches')

  expect(await page.locator('main img, main script, form img').count()).toBe(0)
  expect(await page.locator('a[href^="javascript:"]').count()).toBe(0)
})

test('the keyboard reaches everything, and the eye follows it', async ({ page, liveView }) => {
  await liveView.say('c1', 'How do I install it?')
  await open(page, liveView)
  await expect(entries(page)).toHaveCount(1)

  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the conversations' })).toBeFocused()
  await page.getByLabel('Search in messages').focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Visitor')).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByLabel('Visitor')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByLabel('Visitor')).toBeHidden()
  await entries(page).first().getByRole('link').first().focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'How do I install it?' })).toBeVisible()
})

for (const [width, colorScheme] of [
  [1280, 'light'],
  [390, 'dark'],
] as const) {
  test(`at ${width} px, ${colorScheme}: axe finds nothing, and nothing stands over the edge`, async ({
    page,
    liveView,
  }) => {
    await page.setViewportSize({ width, height: 844 })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await liveView.say('c1', 'How do I install it?', { tags: ['docs'] })
    await liveView.send('/feedback', { type: 'negative', messageId: 'c1-a', reasons: [{ label: 'late', details: '' }] })
    const check = async () => {
      expect(await accessibilityFaults(page)).toEqual([])
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(overflow).toBeLessThanOrEqual(0)
    }

    await page.goto(liveView.url)
    await check()
    await open(page, liveView)
    await expect(entries(page)).toHaveCount(1)
    await check()
    await openFilters(page)
    await check()
    await page.goto(`${liveView.url}/#tag=docs&id=c1`)
    await expect(page.getByRole('list', { name: 'Messages' })).toBeVisible()
    await check()
    await page.goto(`${liveView.url}/#view=statistics&tag=docs`)
    await expect(page.locator('canvas')).toHaveCount(4)
    await check()
    await page.goto(`${liveView.url}/docs`)
    await check()
  })
}
