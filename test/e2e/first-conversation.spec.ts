import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { test as base, expect, type Page } from 'playwright/test'
import { accessibilityFaults } from './accessibility.ts'
import { started } from './fixtures.ts'
import { startPageServer } from './page-server.ts'

const command = fileURLToPath(new URL('../../dist/collector.js', import.meta.url))

/** `npx chatlog-collector` in an empty folder, with nothing but a free port. */
async function startInEmptyFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'chatlog-first-'))
  const collector: ChildProcess = spawn(process.execPath, [command, '--port', '0', '--log-level', 'silent'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const printed: string[] = []
  const link = new Promise<string>((resolve) => {
    createInterface({ input: collector.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      printed.push(line)
      const [found] = /http:\S+\/sign-in\?ticket=\S+/.exec(line) ?? []
      if (found) resolve(found)
    })
  })
  return {
    printed,
    signInUrl: await link,
    async end() {
      collector.kill('SIGTERM')
      await once(collector, 'close')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const test = base.extend<{ first: Awaited<ReturnType<typeof startInEmptyFolder>>; faults: string[] }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that one needs from this pattern
  first: async ({}, use) => {
    const first = await startInEmptyFolder()
    await use(first)
    await first.end()
  },
  faults: [
    async ({ page }, use) => {
      const faults: string[] = []
      page.on('pageerror', (error) => faults.push(error.message))
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
      await use(faults)
      expect(faults).toEqual([])
    },
    { auto: true },
  ],
})

const tagIn = (page: Page, name = 'The tag') => page.getByRole('region', { name, exact: true })
const waiting = (page: Page) => page.locator('.waiting')

/** A page of another origin with what the live view shows, pasted; and a conversation on it. */
async function talkOnPageWith(tag: string, page: Page) {
  const server = await startPageServer()
  const other = await page.context().newPage()
  try {
    await other.goto(server.put('/', `<!doctype html><link rel="icon" href="data:,">${tag}`))
    await started(other)
    return await other.evaluate(async () => {
      window.chatlog.trackMessage({ role: 'user', content: 'How do I install it?' })
      window.chatlog.trackMessage({ role: 'assistant', content: 'With npm.' })
      return window.chatlog.flush()
    })
  } finally {
    await other.close()
    await server.close()
  }
}

test('a collector alone leads to the first conversation of one’s own page in three steps', async ({ page, first }) => {
  await page.goto(first.signInUrl)
  await expect(waiting(page)).toHaveText('Waiting for the first conversation …')
  await expect(tagIn(page)).toContainText('data-api-key="WEB_KEY"')

  await page.getByRole('button', { name: 'Make a WEB key' }).click()
  await expect(tagIn(page)).toContainText('data-api-key="web_')
  const { delivered } = await talkOnPageWith(await tagIn(page).innerText(), page)

  expect(delivered).toHaveLength(1)
  await expect(waiting(page)).toHaveText('A conversation has arrived. Open it')
  await expect(waiting(page)).toHaveAttribute('data-state', 'arrived')
  await page.getByRole('link', { name: 'Open it' }).click()
  await expect(page.getByRole('list', { name: 'Messages' })).toContainText('With npm.')
})

test('the tag with a fixed version is checked by the browser, and records', async ({ page, first }) => {
  await page.goto(first.signInUrl)
  await page.getByRole('button', { name: 'Make a WEB key' }).click()
  await page.getByText('Use a fixed version').click()
  const pinned = tagIn(page, 'The tag with a fixed version')
  await expect(pinned).toContainText('data-api-key="web_')
  const tag = await pinned.innerText()

  expect(tag).toMatch(/chatlog-\d+\.\d+\.\d+\S*\.js"\s+integrity="sha384-\S{64}"\s+crossorigin/)
  expect((await talkOnPageWith(tag, page)).delivered).toHaveLength(1)
  await expect(waiting(page)).toHaveAttribute('data-state', 'arrived')
})

test('the test message arrives without a page', async ({ page, first }) => {
  await page.goto(first.signInUrl)
  const sendTest = page.getByRole('button', { name: 'Send a test message' })
  await expect(sendTest).toBeDisabled()
  await page.getByRole('button', { name: 'Make a WEB key' }).click()
  await sendTest.click()

  await expect(waiting(page)).toHaveAttribute('data-state', 'arrived')
  await expect(page.locator('#conversations li[data-id]')).toContainText('Does this collector receive messages?')
})

test('the key is on the screen until one leaves it, also while conversations arrive, and never again', async ({
  page,
  first,
}) => {
  await page.goto(first.signInUrl)
  await page.getByRole('button', { name: 'Make a WEB key' }).click()
  const key = await page.getByLabel('The WEB key').innerText()
  await page.getByRole('button', { name: 'Send a test message' }).click()
  await expect(waiting(page)).toHaveAttribute('data-state', 'arrived')
  await expect(page.getByLabel('The WEB key')).toHaveText(key)

  await page.reload()
  await page.getByRole('button', { name: 'Set up a page' }).click()

  await expect(page.getByRole('button', { name: 'Make a WEB key' })).toBeVisible()
  expect(await page.content()).not.toContain(key)
})

test('the link works once, and nothing that the collector prints is a key', async ({ page, first, faults }) => {
  await page.goto(first.signInUrl)
  await expect(waiting(page)).toBeVisible()
  await page.context().clearCookies()

  await page.goto(first.signInUrl)

  await expect(page.getByRole('alert')).toContainText('was used already')
  // The browser itself reports the refusal, with its 401.
  expect(faults.splice(0)).toEqual([expect.stringContaining('401')])
  expect(first.printed.join('\n')).not.toMatch(/\b(?:api|web)_\w+/)
})

for (const [width, colorScheme] of [
  [1280, 'light'],
  [390, 'dark'],
] as const) {
  test.describe(`at ${width} px, ${colorScheme}`, () => {
    test.use({ viewport: { width, height: 800 }, colorScheme })

    test('axe finds nothing, and nothing stands over the edge', async ({ page, first }) => {
      await page.goto(first.signInUrl)
      await page.getByRole('button', { name: 'Make a WEB key' }).click()
      await page.getByText('Use a fixed version').click()
      await expect(tagIn(page)).toContainText('data-api-key="web_')

      expect(await accessibilityFaults(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    })
  })
}
