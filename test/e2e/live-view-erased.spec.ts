import { expect, type Page } from 'playwright/test'
import { accessibilityFaults } from './accessibility.ts'
import { type LiveViewServer, startLiveView } from './live-view-server.ts'
import { databaseUrlOf, storesHere } from './live-view-stores.ts'
import { entries, open, test } from './live-view-test.ts'

const of = (id: string) => ({ userProperties: { id, identificationType: 'COOKIED' } })

/** Three conversations, two of them of one visitor. */
async function sayAll(liveView: LiveViewServer) {
  await liveView.say('c1', 'The first', of('cookie-1'))
  await liveView.say('c2', 'The second', of('cookie-1'))
  await liveView.say('c3', 'The third', of('cookie-2'))
}

/** Another page of the same browser, which is signed in. */
async function openBeside(page: Page, liveView: LiveViewServer, fragment: string) {
  const other = await page.context().newPage()
  await other.goto(`${liveView.url}/${fragment}`)
  await expect(other.getByText('live', { exact: true })).toBeAttached()
  return other
}

test('what a program deletes is gone from every open list, and who reads it is told; sent again, it is back', async ({
  page,
  liveView,
}) => {
  await sayAll(liveView)
  await open(page, liveView)
  await expect(entries(page)).toHaveCount(3)
  const reader = await openBeside(page, liveView, '#id=c1')
  await expect(reader.getByRole('article')).toContainText('The first')
  await page.locator('[data-id=c1]').getByRole('link').first().focus()

  await liveView.erase('/conversations/c1')

  for (const one of [page, reader]) {
    await expect(entries(one)).toHaveCount(2)
    await expect(entries(one).filter({ hasText: 'The first' })).toHaveCount(0)
    await expect(one.locator('#total')).toHaveText('2')
    await expect(one.getByRole('status').filter({ hasText: 'Erased: 1 conversation' })).toBeAttached()
  }
  // Who stood on its row goes on from the list.
  await expect(page.locator('#conversations')).toBeFocused()
  await expect(reader.getByText('This conversation was erased.')).toBeVisible()
  await expect(reader.getByRole('article')).toHaveCount(0)
  expect(await accessibilityFaults(reader)).toEqual([])

  await liveView.say('c1', 'The first, once more')
  await expect(entries(page)).toHaveCount(3)
  await expect(reader.getByRole('article')).toContainText('The first, once more')
})

test('what is forgotten on one page and too old to be kept is gone from another one, its visitor’s page and statistics', async ({
  page,
  liveView,
}) => {
  await sayAll(liveView)
  await open(page, liveView)
  const visitor = await openBeside(page, liveView, '#who=cookie-1')
  await expect(visitor.locator('.visitor-list li')).toHaveCount(2)
  const statistics = await openBeside(page, liveView, '#view=statistics')
  await expect(statistics.locator('.figures')).toContainText(/3\s*conversations|conversations\s*3/)
  const forgetting = await openBeside(page, liveView, '#who=cookie-1')
  await forgetting.getByRole('button', { name: 'Forget this visitor…' }).click()

  await forgetting.getByRole('button', { name: 'Erase for good' }).click()

  await expect(entries(page)).toHaveText([/The third/])
  await expect(visitor.locator('#visitor')).toContainText('Nothing is stored of a visitor with the id cookie-1.')
  await expect(statistics.locator('.figures')).toContainText(/1\s*conversation|conversations\s*1/)

  await liveView.store.deleteStoredBefore('default', Date.now() + 1_000, 10)
  await expect(page.getByText('Nothing stored yet')).toBeVisible()
  await expect(page.locator('#total')).toHaveText('0')
})

test('a program that deletes very many has the page ask once a second, and older rows that one has opened stay', async ({
  page,
  liveView,
}) => {
  for (let number = 100; number < 170; number++) {
    await liveView.say(`c${number}`, `Question ${number}`, { createdAt: `2026-03-01T12:00:00.${number}Z` })
  }
  await open(page, liveView)
  await expect(entries(page)).toHaveCount(30)
  await page.getByRole('button', { name: 'Show older conversations' }).click()
  await expect(entries(page)).toHaveCount(60)
  let asked = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/live-view/stored')) asked++
  })

  for (let number = 130; number < 160; number++) await liveView.erase(`/conversations/c${number}`)

  await expect(entries(page).filter({ hasText: /Question 1[345]/ })).toHaveCount(0)
  await expect(entries(page).filter({ hasText: /Question 16/ })).toHaveCount(10)
  await expect(entries(page).filter({ hasText: /Question 1[12]/ })).toHaveCount(20)
  await expect(page.locator('#total')).toHaveText('40')
  expect(asked).toBeLessThan(30)
  await page.getByRole('button', { name: 'Show older conversations' }).click()
  await expect(entries(page)).toHaveCount(40)
})

test.describe('two collectors on one PostgreSQL', () => {
  test.skip(!storesHere.includes('PostgreSQL'), 'there is no PostgreSQL here')

  test('what one erases is gone from the open page of the other', async ({ page }) => {
    await databaseUrlOf('PostgreSQL', async (databaseUrl) => {
      const [one, other] = [await startLiveView({ databaseUrl }), await startLiveView({ databaseUrl })]
      await sayAll(one)
      await open(page, other)
      await page.goto(`${other.url}/#id=c2`)
      await expect(page.getByRole('article')).toContainText('The second')
      await expect(entries(page)).toHaveCount(3)

      // Once it listens to the other one: that takes it a moment.
      await expect(async () => {
        await one.say('c4', `The fourth, ${Date.now()}`)
        await expect(entries(page)).toHaveCount(4, { timeout: 1_000 })
      }).toPass()
      await one.erase('/visitors/cookie-1')

      await expect(entries(page)).toHaveText([/The fourth/, /The third/])
      await expect(page.getByText('This conversation was erased.')).toBeVisible()
      await page.close()
      for (const liveView of [one, other]) await liveView.close()
    })
  })
})
