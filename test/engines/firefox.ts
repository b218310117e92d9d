import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, createProfile, launch, WEBDRIVER_BIDI_WEBSOCKET_ENDPOINT_REGEX } from '@puppeteer/browsers'
import puppeteer, { type Page } from 'puppeteer-core'
import { firefoxMissing, firefoxPath } from '../../.ci/engines.js'
import type { Engine, Tab } from './engine.ts'

/** How long a browser may take to start, in milliseconds: long, since the machine is loaded. */
const startMs = 120_000

/** What is set beside what the driver sets by itself. */
const preferences = {
  // A tab that the driver closes may skip `pagehide`; one that closes itself fires it, as one that a visitor closes.
  'dom.allow_scripts_to_close_windows': true,
}

/** Firefox, by WebDriver BiDi. */
export const firefox: Engine = {
  name: 'Firefox ESR',
  missing: firefoxMissing,
  async start() {
    const profile = await mkdtemp(join(tmpdir(), 'chatlog-firefox-'))
    await createProfile(Browser.FIREFOX, { path: profile, preferences })
    const process = launch({
      executablePath: firefoxPath() ?? '',
      args: ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile],
      // In the runner's own process group: whatever ends that, ends the browser.
      detached: false,
      env: { ...globalThis.process.env, HOME: profile },
    })
    const endpoint = await process.waitForLineOutput(WEBDRIVER_BIDI_WEBSOCKET_ENDPOINT_REGEX, startMs)
    const browser = await puppeteer.connect({ browserWSEndpoint: `${endpoint}/session`, protocol: 'webDriverBiDi' })
    return {
      name: 'Firefox ESR',
      version: (await browser.version()).replace('firefox/', 'Firefox ESR '),
      async newVisitor() {
        const context = await browser.createBrowserContext()
        return { openTab: async () => tabOf(await context.newPage()), leave: () => context.close() }
      },
      async stop() {
        await browser.close()
        await process.hasClosed()
        await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
      },
    }
  },
}

function tabOf(page: Page): Tab {
  return {
    async go(address) {
      await page.goto(address)
    },
    async reload() {
      await page.reload()
    },
    // Not `page.url()`: the driver hears nothing of a page that comes back from the back/forward cache.
    address: () => page.evaluate(() => location.href).catch(() => page.url()),
    evaluate: (work, given) => page.evaluate(work as never, given as never),
    async cookie(name) {
      const found = (await page.browserContext().cookies()).find((cookie) => cookie.name === name)
      return found ? { path: found.path, sameSite: found.sameSite ?? '', expires: found.expires } : null
    },
    async clickAt({ x, y }, kind) {
      if (kind === 'left with Ctrl held') await page.keyboard.down('Control')
      await page.mouse.click(x, y, { button: kind === 'left with Ctrl held' ? 'left' : kind })
      if (kind === 'left with Ctrl held') await page.keyboard.up('Control')
    },
    pressEnter: () => page.keyboard.press('Enter'),
    async close() {
      const closed = new Promise<void>((resolve) => page.once('close', () => resolve()))
      // The answer may be lost with the page that gives it: that it closes is what counts.
      await Promise.race([page.evaluate(() => window.close()).catch(() => {}), closed])
      await closed
    },
  }
}
