import { expect } from 'playwright/test'
import { entries, open, openFilters, test } from './live-view-test.ts'

test('what a search found is marked in the list and in the conversation, which opens there and leads from hit to hit', async ({
  page,
  liveView,
}) => {
  const messages = Array.from({ length: 250 }, (_, index) => ({
    id: `m${index}`,
    role: index % 2 ? 'assistant' : 'user',
    content: [180, 220].includes(index) ? `Über die **Straße** nach İstanbul (${index})` : `Nothing of it ${index}`,
  }))
  await liveView.say('c1', '', { messages })
  await open(page, liveView)
  await page.getByLabel('Search in messages').fill('ISTANBUL strasse')

  await expect(entries(page).locator('mark')).toHaveText(['Straße', 'İstanbul'])
  await entries(page).getByRole('link').first().click()
  const article = page.getByRole('article')
  await expect(article.getByText('1 of 2 messages found')).toBeVisible()
  await expect(article.locator('mark').filter({ hasText: 'İstanbul' }).first()).toBeInViewport()
  await expect(article.locator('mark').first()).toHaveText('Straße')
  await article.getByRole('button', { name: 'Next' }).click()
  await expect(article.getByText('2 of 2 messages found')).toBeVisible()
  await expect(article.getByText('(220)')).toBeInViewport()
})

test('of a conversation of 100,000 messages the page holds a few hundred, wherever the reader is', async ({
  page,
  liveView,
}) => {
  await liveView.say('c1', 'How do I install it?')
  await open(page, liveView)
  // Made long in the page: no collector stores so many, and 20 MB take a while to get there.
  await page.evaluate(() => {
    const fetchDetail = window.fetch
    window.fetch = async (...given) => {
      const answer = await fetchDetail(...given)
      if (!String(given[0]).endsWith('/live-view/conversations/c1')) return answer
      const detail = await answer.json()
      const [message] = detail.conversation.messages
      const numbers = Array.from({ length: 100_000 }, (_, index) => index)
      detail.conversation.messages = numbers.map((index) => ({
        ...message,
        id: `m${index}`,
        content: `number ${index}`,
      }))
      detail.messageClicks = numbers.map(() => [])
      return { ok: true, status: 200, json: async () => detail } as Response
    }
  })
  await entries(page).getByRole('link').first().click()
  const nodes = () => page.locator('.message *').count()

  await expect(page.getByText('number 0', { exact: true })).toBeVisible()
  expect(await nodes()).toBeLessThan(5_000)
  for (const share of [0.3, 0.7, 1]) {
    await page.locator('#detail').evaluate((pane, to) => {
      pane.scrollTop = pane.scrollHeight * to
    }, share)
    await expect
      .poll(() => page.locator('.message').first().isVisible(), { message: `messages at ${share}` })
      .toBe(true)
    await expect.poll(nodes).toBeLessThan(8_000)
  }
  await page.locator('#detail').evaluate((pane) => {
    pane.scrollTop = pane.scrollHeight
  })
  await expect(page.getByText('number 99999', { exact: true })).toBeVisible()
})

test('filters combine, say in words what is chosen, and the site’s own words find what could not be found', async ({
  page,
  liveView,
}) => {
  const said = (...contents: string[]) => ({
    messages: contents.map((content, index) => ({
      id: `${content}-${index}`,
      role: index % 2 ? 'assistant' : 'user',
      content,
    })),
  })
  await liveView.say('c1', '', said('Where is it?', 'I could not find that.'))
  await liveView.say('c2', '', said('How much?', 'Ten.', 'how much?'))
  await liveView.say('c3', '', said('Fine?', 'Fine.'))
  await open(page, liveView)
  await openFilters(page)
  await page.getByRole('button', { name: 'Your words for “could not find”…' }).click()
  await page.getByRole('textbox', { name: /What do the answers/ }).fill('could not find')
  await page.getByRole('button', { name: 'Keep' }).click()
  await expect(entries(page).filter({ hasText: 'could not find' })).toHaveText([/Where is it\?/])

  await openFilters(page)
  await page.getByLabel('Answers').selectOption('bad')
  await expect(entries(page)).toHaveText([/How much\?.*no answer.*asked again/, /Where is it\?/])
  await page.getByLabel('Messages at least').fill('3')
  await expect(entries(page)).toHaveText([/How much\?/])
  await expect(page.getByRole('link', { name: 'Remove the filter a question has no good answer' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Remove the filter messages at least: 3' })).toBeVisible()
  await page.getByRole('link', { name: 'Clear all' }).click()
  await openFilters(page)
  await page.getByLabel('An answer could not find it').check()
  await expect(entries(page)).toHaveText([/Where is it\?/])
})
