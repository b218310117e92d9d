import { CreateConversation$inboundSchema as clientSchema } from '@inkeep/inkeep-analytics/models/components'
import { expect, type Page, test } from 'playwright/test'
import { type Demo, startDemo } from '../demo/start-demo.ts'

test.describe.configure({ timeout: 90_000 })

let demo: Demo

test.beforeAll(async () => {
  demo = await startDemo()
})
test.afterAll(() => demo.close())

/** Everything that a page of the demos sends, as JSON. */
function upsertsOf(page: Page): unknown[] {
  const bodies: unknown[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().startsWith(demo.collectorUrl)) {
      bodies.push(JSON.parse(request.postData() ?? 'null'))
    }
  })
  return bodies
}

/** One question and its answer, as a visitor of that demo would ask it. */
const visits: Record<string, (page: Page) => Promise<void>> = {
  async '/site/'(page) {
    await page.getByRole('button', { name: 'Ask Osier' }).click()
    await page.getByLabel('Your question').fill('How are failed jobs retried?')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Giving up early' }).click()
  },
  async '/docs-widget/'(page) {
    await page.getByRole('button', { name: 'Why is my bread dense?' }).click()
    await expect(page.locator('.chat .message.assistant')).toContainText('A dense crumb')
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByRole('button', { name: 'Regenerate' }).click()
    await expect(page.getByRole('button', { name: 'Regenerate' })).toBeVisible()
  },
  async '/qa/'(page) {
    await page.getByRole('textbox').fill('Where is my parcel?')
    await page.keyboard.press('Enter')
  },
}

for (const [path, visit] of Object.entries(visits)) {
  test(`${path}: what is sent passes the public client’s schemas, with no unknown key outside properties`, async ({
    page,
  }) => {
    const upserts = upsertsOf(page)
    await page.goto(demo.url + path)
    await visit(page)
    await expect.poll(() => upserts.length, { timeout: 20_000 }).toBeGreaterThan(0)

    for (const upsert of upserts) expect(keyPaths(upsert)).toEqual(keyPaths(clientSchema.parse(upsert)))
  })
}

/** The paths of all keys, the client's camelCase as on the wire. A key that the client doesn't know, it leaves out. */
function keyPaths(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => keyPaths(item, `${path}[]`))
  if (typeof value !== 'object' || value === null || value instanceof Date) return [path]
  if (/(properties|userProperties)$/.test(path)) return [path]
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .flatMap(([key, member]) => keyPaths(member, `${path}.${key === 'toolCalls' ? 'tool_calls' : key}`))
    .sort()
}
