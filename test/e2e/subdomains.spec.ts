import { expect, test } from 'playwright/test'
import { type Demo, startDemo } from '../demo/start-demo.ts'

test.describe.configure({ mode: 'default', timeout: 90_000 })

let demo: Demo
test.beforeAll(async () => {
  demo = await startDemo()
})
test.afterAll(() => demo.close())

test('the subdomains demo: who goes from docs. to www. is one visitor, by one cookie of the whole site', async ({
  page,
  context,
}) => {
  const { port } = new URL(demo.url)
  await page.goto(`http://docs.osier.localhost:${port}/subdomains/`)
  for (const host of ['docs', 'www']) {
    await expect(page.getByText(`This is ${host}.osier.localhost.`)).toBeVisible()
    await page.getByLabel('Your question').fill(`Hello from ${host}`)
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => typeof window.chatlog.getState === 'function')
    await page.evaluate(() => window.chatlog.flush())
    if (host === 'docs') await page.getByRole('link', { name: 'Go to www.osier.localhost' }).click()
  }

  const stored = await demo.stored()
  expect(stored.map(({ messages }) => messages[0]?.content).sort()).toEqual(['Hello from docs', 'Hello from www'])
  expect(new Set(stored.map(({ userProperties }) => userProperties?.id)).size).toBe(1)
  expect((await context.cookies()).map(({ name, domain }) => [name, domain])).toEqual([
    ['osier_visitor', '.osier.localhost'],
  ])
})
