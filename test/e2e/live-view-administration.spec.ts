import { test as base, expect, type Page } from 'playwright/test'
import { openFurtherProjects } from '../../src/collector/store/key-projects.ts'
import { accessibilityFaults } from './accessibility.ts'
import { type LiveViewServer, startLiveView } from './live-view-server.ts'
import { databaseUrlOf, type StoreHere, storesHere } from './live-view-stores.ts'

const test = base.extend<{ storeName: StoreHere; databaseUrl: string | undefined; admins: LiveViewServer }>({
  storeName: ['SQLite', { option: true }],
  databaseUrl: ({ storeName }, use) => databaseUrlOf(storeName, use),
  admins: async ({ page, databaseUrl }, use) => {
    const liveView = await startLiveView({ role: 'admin', databaseUrl })
    await use(liveView)
    await page.close()
    await liveView.close()
  },
})

const origin = 'https://docs.example.com'

async function open(page: Page, liveView: LiveViewServer) {
  await page.goto(await liveView.ticketUrl())
  await expect(page.getByText('live', { exact: true })).toBeAttached()
}

const post = (liveView: LiveViewServer, headers: Record<string, string>, body: object = {}) =>
  fetch(`${liveView.url}/conversations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

async function refuseSome(liveView: LiveViewServer) {
  await post(liveView, { authorization: `Bearer ${liveView.webKey}`, origin })
  await post(liveView, { authorization: 'Bearer web_abcdefABCDEF_x', origin: 'https://<img src=x>.example' })
}

test('the refused requests of the last hour are shown with key, origin and reason, those of strangers to admins', async ({
  page,
  admins,
}) => {
  await refuseSome(admins)
  await open(page, admins)
  await page.getByRole('link', { name: 'Refused' }).click()

  const own = page.locator('.card', { hasText: 'With a key of this project' })
  await expect(own).toContainText('422')
  await expect(own).toContainText(origin)
  await expect(own).toContainText('type: expected')
  await expect(page.locator('.card', { hasText: 'Without a known key' })).toContainText('abcdefABCDEF')
  expect(await page.locator('#administration img').count()).toBe(0)
})

for (const storeName of storesHere) {
  test.describe(`on ${storeName}`, () => {
    test.use({ storeName })

    test('an admin makes a key, which is shown once, and revokes it after a question', async ({ page, admins }) => {
      await open(page, admins)
      await page.getByRole('link', { name: 'Keys' }).click()
      await page.getByLabel('Type').selectOption('api')
      await page.getByRole('textbox', { name: 'Name' }).fill('Maren, support')
      await page.getByLabel('Role').selectOption('read')
      await page.getByLabel('Origins of the pages').fill('docs.example.com')
      await page.getByRole('button', { name: 'Make the key' }).click()
      await expect(page.getByRole('alert')).toContainText('origin must look like https://docs.example.com')
      await page.getByLabel('Origins of the pages').fill('')
      await page.getByRole('button', { name: 'Make the key' }).click()

      const key = (await page.getByLabel('The new key').textContent()) ?? ''
      const row = page.locator('[data-key]', { hasText: 'Maren, support' })
      await expect(row).toContainText('api, read')
      await expect(row).toContainText('never')
      const read = () => fetch(`${admins.url}/conversations`, { headers: { authorization: `Bearer ${key}` } })
      expect((await read()).status).toBe(200)
      expect(await admins.store.listKeys('default')).toEqual(
        expect.arrayContaining([expect.objectContaining({ name: 'Maren, support', role: 'read' })]),
      )

      await row.getByRole('button', { name: 'Revoke Maren, support' }).click()
      await row.getByRole('button', { name: 'Keep it' }).click()
      expect((await read()).status).toBe(200)
      await row.getByRole('button', { name: 'Revoke Maren, support' }).click()
      await row.getByRole('button', { name: 'Revoke it for good' }).click()
      await expect(row).toContainText('revoked')
      expect((await read()).status).toBe(403)

      await admins.say('c1', 'How do I install it?')
      await page.goto(`${admins.url}/#who=visitor-1`)
      await expect(page.locator('#visitor .list li')).toHaveCount(1)
      await page.getByRole('link', { name: 'Audit log' }).click()
      const entries = page.locator('.audit li')
      await expect(entries.filter({ hasText: 'made a key' })).toContainText('Maren, support')
      // No conversation stands behind it that a link could lead to.
      await expect(entries.filter({ hasText: 'read a visitor’s page' }).getByRole('link')).toHaveCount(0)
      await expect(entries.filter({ hasText: 'read a visitor’s page' })).toHaveCount(1)
      await expect(entries.filter({ hasText: 'revoked a key' })).toContainText('Maren, support')
      const download = page.waitForEvent('download')
      await page.getByRole('link', { name: 'Export the whole log' }).click()
      expect((await download).suggestedFilename()).toBe('audit.ndjson')
      await page.reload()
      await expect(page.locator('.audit li').first()).toBeVisible()
      await page.getByRole('link', { name: 'Keys' }).click()
      await expect(page.locator('[data-key]').first()).toBeVisible()
      expect(await page.content()).not.toContain(key)
    })

    test('who may read several projects chooses one at the sign-in and another one later; each has its own log', async ({
      page,
      admins,
    }) => {
      const { store, apiKey, url } = admins
      const [key] = (await store.listKeys('default')).filter(({ role }) => role === 'admin')
      if (!key) throw new Error('there is no admin key')
      const longName = 'averyverylongname'.repeat(6)
      await openFurtherProjects(store, key, ['shop & more', 'مشروع', longName])
      await admins.say('c1', 'Asked in the default project')

      await page.goto(url)
      await page.getByLabel('API key').fill(apiKey)
      await page.keyboard.press('Enter')
      await expect(page.getByRole('heading', { name: 'Choose a project' })).toBeVisible()
      await expect(page.getByRole('button')).toHaveText(['default', 'shop & more', 'مشروع', longName])
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        for (const width of [1440, 390]) {
          await page.setViewportSize({ width, height: 900 })
          expect([colorScheme, width, await accessibilityFaults(page)]).toEqual([colorScheme, width, []])
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
          const [button, card] = await Promise.all(
            ['button', 'main'].map((one) => page.locator(one).first().boundingBox()),
          )
          expect(button?.width).toBeLessThan(card?.width ?? 0)
        }
      }
      await page.setViewportSize({ width: 1280, height: 800 })

      await page.getByRole('button', { name: 'shop & more' }).click()
      await expect(page.getByText('Nothing stored yet')).toBeVisible()
      await page.setViewportSize({ width: 390, height: 844 })
      expect((await page.getByRole('link', { name: 'shop & more' }).boundingBox())?.width).toBeGreaterThan(60)
      await page.getByRole('link', { name: 'shop & more' }).click()
      await page.getByRole('button', { name: 'default' }).click()
      await expect(page.locator('#conversations')).toContainText('Asked in the default project')
      await page.getByRole('link', { name: 'Audit log' }).click()
      await expect(page.locator('.audit li').first()).toContainText('signed in')
      expect(await accessibilityFaults(page)).toEqual([])
      for (const project of ['default', 'shop & more']) {
        const { entries } = await store.listAudit(project, { limit: 9 })
        expect(entries.map(({ action }) => action)).toEqual(['sign_in'])
      }
    })
  })
}

test('nobody but an admin sees keys, the audit log and what strangers were refused', async ({ page }) => {
  const liveView = await startLiveView({ role: 'erase' })
  try {
    await refuseSome(liveView)
    await open(page, liveView)
    await expect(page.getByRole('link', { name: 'Keys' })).toHaveCount(0)
    await page.getByRole('link', { name: 'Refused' }).click()
    await expect(page.locator('.card')).toHaveCount(1)

    for (const view of ['keys', 'audit']) {
      await page.goto(`${liveView.url}/#view=${view}`)
      await expect(page.locator('#administration')).toContainText('Only a key of the role admin')
    }
  } finally {
    await page.close()
    await liveView.close()
  }
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`refusals, keys and the audit log are accessible and fit, ${colorScheme}`, async ({ page, admins }) => {
    await page.emulateMedia({ colorScheme })
    await refuseSome(admins)
    await open(page, admins)
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 })
      for (const [view, sign] of [
        ['refused', 'Without a known key'],
        ['keys', 'All keys'],
        ['audit', 'signed in'],
      ] as const) {
        await page.goto(`${admins.url}/#view=${view}`)
        await expect(page.locator('#administration')).toContainText(sign)

        expect([view, width, await accessibilityFaults(page)]).toEqual([view, width, []])
        const overflow = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.querySelector('#administration') as Element
          return Math.max(scrollWidth - clientWidth, document.documentElement.scrollWidth - innerWidth)
        })
        expect([view, width, overflow]).toEqual([view, width, 0])
        const folder = process.env.CHATLOG_SCREENSHOTS
        if (folder) await page.screenshot({ path: `${folder}/${view}-${width}-${colorScheme}.png` })
      }
    }
  })
}
