import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, type Page, test } from 'playwright/test'
import { type Demo, startDemo } from '../demo/start-demo.ts'
import { accessibilityFaults } from './accessibility.ts'
import { askDeepChat } from './deep-chat.ts'

// One demo for all of them: the first start may have to build the widget demo.
test.describe.configure({ mode: 'default', timeout: 90_000 })

let demo: Demo

test.beforeAll(async () => {
  demo = await startDemo()
})
test.afterAll(() => demo.close())

/** The address of every page that `demo/` holds. */
const addresses = readdirSync(fileURLToPath(new URL('../../demo', import.meta.url)), { recursive: true })
  .map((path) => String(path).replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.html') && !/\/(dist|node_modules)\//.test(path))
  .map((path) => `/${path}`.replace(/(\/home)?\/index\.html$/, '/'))

/** What a visitor does on a page first, where asking something isn't all that there is to see. */
const steps: Record<string, (page: Page) => Promise<void>> = {
  '/site/': (page) => page.getByRole('button', { name: 'Ask Osier' }).click(),
  '/consent/': (page) => page.getByRole('button', { name: 'Allow' }).click(),
  '/logout/': (page) => page.getByRole('button', { name: 'Log in as Ada' }).click(),
  '/panel/': (page) => page.getByRole('button', { name: 'chatlog', exact: true }).click(),
  async '/observe/selectors.html'(page) {
    await page
      .getByLabel('The widget’s HTML')
      .fill('<div id="chat"><p class="user">How?</p><p class="bot">So.</p></div>')
    await page.getByRole('button', { name: 'How?' }).click()
    await page.getByRole('button', { name: 'So.' }).click()
  },
  '/widgets/': talkToDeepChat,
  '/widgets/adapter.html': talkToDeepChat,
  async '/widgets/inkeep.html'(page) {
    await page.getByRole('textbox').first().fill('How do I start?')
    await page.getByRole('textbox').first().press('Enter')
    await expect(page.getByRole('link', { name: 'Quickstart' })).toBeVisible()
  },
}

async function talkToDeepChat(page: Page): Promise<void> {
  await askDeepChat(page, 'How do I start?')
  await expect(page.getByRole('link', { name: 'Quickstart' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Send' })).toBeVisible()
}

/** Asks, where there is a chat, and waits until the answer is complete. */
async function ask(page: Page): Promise<void> {
  const question = page.getByLabel('Your question')
  if (!(await question.isVisible())) return
  await question.fill('How do I start?')
  await question.press('Enter')
  await expect(page.getByRole('log').locator('.user, .assistant')).toHaveCount(2)
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeVisible()
}

for (const address of addresses) {
  test(`${address}, in use, light and dark, wide and narrow: axe finds nothing, and nothing stands over the edge`, async ({
    page,
  }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.goto(demo.url + address)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    const source = page.getByRole('tabpanel')
    if (await page.locator('source-view').count()) await expect(source).not.toBeEmpty()
    await steps[address]?.(page)
    await ask(page)

    const found: unknown[] = []
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 844 })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        const overEdge = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        for (const fault of await accessibilityFaults(page)) found.push([width, colorScheme, ...fault])
        if (overEdge > 0) found.push([width, `${overEdge} px over the edge`])
      }
    }
    expect(found).toEqual([])
  })
}
