import { CreateConversation$inboundSchema as clientSchema } from '@inkeep/inkeep-analytics/models/components'
import { expect, type Page, test } from 'playwright/test'
import { type Demo, startDemo } from '../demo/start-demo.ts'
import { askDeepChat } from './deep-chat.ts'

// One demo for all of them.
test.describe.configure({ mode: 'default', timeout: 90_000 })

let demo: Demo

test.beforeAll(async () => {
  // It may have to build first; the time of the tests isn't the hook's.
  demo = await startDemo()
})
test.afterAll(() => demo?.close())

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

/** What a visitor does there, until the page has something to send. The addresses are those of the home page. */
const visits: Record<string, (page: Page) => Promise<void>> = {
  async '/site/'(page) {
    await page.getByRole('button', { name: 'Ask Osier' }).click()
    await ask(page, 'How are failed jobs retried?')
    await page.getByRole('link', { name: 'Giving up early' }).click()
  },
  async '/docs-widget/'(page) {
    await page.getByRole('button', { name: 'Why is my bread dense?' }).click()
    await expect(page.locator('.chat .message.assistant')).toContainText('A dense crumb')
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByRole('button', { name: 'Regenerate' }).click()
    await expect(page.getByRole('button', { name: 'Regenerate' })).toBeVisible()
  },
  async '/observe/'(page) {
    await ask(page, 'How do I install it?')
    await expect(page.getByRole('log')).toContainText('The guide has every step.')
    await page.goto(`${demo.url}/observe/adapter.html`)
    await ask(page, 'Is anything sent?')
  },
  async '/widgets/'(page) {
    await askDeepChat(page, 'How do I install it?')
    await expect(page.locator('deep-chat').getByRole('link')).toBeVisible()
    await page.goto(`${demo.url}/widgets/adapter.html`)
    await askDeepChat(page, 'What becomes of a failed job?')
    await expect(page.locator('deep-chat').getByRole('link')).toBeVisible()
  },
  async '/widgets/use-chat/'(page) {
    await ask(page, 'How do I install it?')
    await page.getByRole('link', { name: 'Quickstart' }).click()
  },
  async '/qa/'(page) {
    await ask(page, 'Where is my parcel?')
    await page.getByRole('link', { name: 'Track an order' }).click()
  },
  async '/consent/'(page) {
    await ask(page, 'Is there bread today?')
    await page.getByRole('button', { name: 'Allow' }).click()
  },
  async '/subdomains/'(page) {
    await page.goto(`http://docs.osier.localhost:${new URL(demo.url).port}/subdomains/`)
    await ask(page, 'Where am I?')
  },
  async '/logout/'(page) {
    await page.getByRole('button', { name: 'Log in as Ada' }).click()
    await ask(page, 'Where is my invoice?')
    await page.getByRole('button', { name: 'Log out' }).click()
    await ask(page, 'And mine?')
  },
  async '/panel/'(page) {
    await page.getByRole('button', { name: 'Send a message of role' }).click()
    await page.getByRole('button', { name: 'Cite a link without a URL' }).click()
    await ask(page, 'What do you record?')
  },
}

async function ask(page: Page, question: string): Promise<void> {
  await page.getByLabel('Your question').fill(question)
  await page.keyboard.press('Enter')
}

for (const [path, visit] of Object.entries(visits)) {
  test(`${path}: what is sent passes the public client’s schemas, with no unknown key outside properties`, async ({
    page,
  }) => {
    const upserts = upsertsOf(page)
    await page.goto(demo.url + path)
    await visit(page)
    await expect.poll(() => rolesIn(upserts), { timeout: 20_000 }).toEqual(['assistant', 'user'])

    for (const upsert of upserts) expect(keyPaths(upsert)).toEqual(keyPaths(clientSchema.parse(upsert)))
  })
}

/** There the widget itself sends, and no script of ours. */
const withoutScript = ['/widgets/inkeep.html']

test('no demo is left out', async ({ page }) => {
  await page.goto(demo.url)
  const links = await page.locator('.demos a').all()

  const paths = await Promise.all(links.map((link) => link.getAttribute('href')))

  expect(paths.sort()).toEqual([...Object.keys(visits), ...withoutScript].sort())
})

const rolesIn = (upserts: unknown[]) =>
  [
    ...new Set(
      (upserts as { messages: { role: string }[] }[]).flatMap(({ messages }) => messages.map(({ role }) => role)),
    ),
  ].sort()

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
