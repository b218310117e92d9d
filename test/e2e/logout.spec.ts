import { expect, test } from 'playwright/test'
import { type Demo, startDemo } from '../demo/start-demo.ts'

test.describe.configure({ mode: 'default', timeout: 90_000 })

let demo: Demo
test.beforeAll(async () => {
  demo = await startDemo()
})
test.afterAll(() => demo.close())

test('the logout demo: what was said before it is Ada’s, what comes after belongs to somebody new', async ({
  page,
}) => {
  const ask = async (question: string) => {
    await page.getByLabel('Your question').fill(question)
    await page.keyboard.press('Enter')
  }
  await page.goto(`${demo.url}/logout/`)
  await page.waitForFunction(() => typeof window.chatlog.getState === 'function')
  await page.getByRole('button', { name: 'Log in as Ada' }).click()
  await ask('Where is my invoice?')
  await page.getByRole('button', { name: 'Log out' }).click()
  await ask('Is anybody there?')
  await page.evaluate(() => window.chatlog.flush())

  const stored = (await demo.stored()).sort((a, b) => a.createdAt.localeCompare(b.createdAt))
  const [ada, next] = stored
  expect(stored.map(({ messages }) => messages[0]?.content)).toEqual(['Where is my invoice?', 'Is anybody there?'])
  expect(ada?.userProperties).toMatchObject({ id: 'ada', identificationType: 'ID_PROVIDED', plan: 'pro' })
  expect(next?.userProperties).toEqual({ id: expect.any(String), identificationType: 'COOKIED' })
  const idOf = (conversation: typeof ada) =>
    (conversation?.properties?.chatlog as { visitorId: string } | undefined)?.visitorId
  expect(idOf(next)).not.toBe(idOf(ada))
  await expect(page.getByText('Where is my invoice?')).toBeHidden()
})

test('the consent demo: nothing is kept until the banner is answered, and nothing is sent after a refusal', async ({
  page,
}) => {
  const before = (await demo.stored()).length
  await page.goto(`${demo.url}/consent/`)
  await page.getByLabel('Your question').fill('Is there bread today?')
  await page.keyboard.press('Enter')
  await expect(page.getByText('This browser keeps nothing of chatlog.')).toBeVisible()

  await page.getByRole('button', { name: 'Allow' }).click()
  await expect(page.getByText('Kept by this browser: a cookie')).toBeVisible()
  await page.evaluate(() => window.chatlog.flush())
  expect((await demo.stored()).length).toBe(before + 1)

  // A click before the page's own script is there would be lost.
  await Promise.all([page.waitForEvent('load'), page.getByRole('link', { name: 'the next page' }).click()])
  await page.getByRole('button', { name: 'Refuse' }).click()
  await expect(page.getByText('This browser keeps nothing of chatlog.')).toBeVisible()
  await page.getByLabel('Your question').fill('And cake?')
  await page.keyboard.press('Enter')
  await page.evaluate(() => window.chatlog.flush())
  expect(JSON.stringify(await demo.stored())).not.toContain('And cake?')
})

test('the panel demo: each mistake is named in the panel', async ({ page }) => {
  await page.goto(`${demo.url}/panel/`)
  await page.getByRole('button', { name: 'chatlog', exact: true }).click()
  await page.getByRole('button', { name: 'Send a message of role' }).click()
  await page.getByRole('button', { name: 'Cite a link without a URL' }).click()

  const panel = page.getByRole('region', { name: 'chatlog debug panel' })
  await expect(panel).toContainText('Not recorded: `role` must be system, user or assistant')
  await expect(panel).toContainText('Recorded without this: links[0].url')
})
