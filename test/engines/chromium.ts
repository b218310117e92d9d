import { type Page, chromium as playwright } from 'playwright'
import { chromiumPath } from '../../.ci/chromium.js'
import { chromiumArgs } from '../e2e/chromium-launch.ts'
import type { Engine, Tab } from './engine.ts'

/** Chromium, by Playwright. */
export const chromium: Engine = {
  name: 'Chromium',
  missing: () => null, // the set-up fails without one
  async start() {
    const browser = await playwright.launch({
      executablePath: chromiumPath(),
      args: chromiumArgs,
      // Playwright turns the back/forward cache off, and visitors have it.
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    })
    return {
      name: 'Chromium',
      version: `Chromium ${browser.version()}`,
      async newVisitor() {
        const context = await browser.newContext()
        await context.newPage() // so that closing a tab never closes the last one
        return { openTab: async () => tabOf(await context.newPage()), leave: () => context.close() }
      },
      stop: () => browser.close(),
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
    address: async () => page.url(),
    // Playwright's own types unwrap handles, of which there are none here.
    evaluate: (work, given) => page.evaluate(work as never, given) as never,
    cookie: async (name) => (await page.context().cookies(page.url())).find((cookie) => cookie.name === name) ?? null,
    async clickAt({ x, y }, kind) {
      if (kind === 'left with Ctrl held') await page.keyboard.down('Control')
      await page.mouse.click(x, y, { button: kind === 'left with Ctrl held' ? 'left' : kind })
      if (kind === 'left with Ctrl held') await page.keyboard.up('Control')
    },
    pressEnter: () => page.keyboard.press('Enter'),
    close: () => page.close(),
  }
}
