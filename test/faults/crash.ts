import type { Page } from 'playwright'

/**
 * Prepares to end the page's renderer, also in the middle of a task: the order then comes on another thread, if its
 * session was opened before.
 */
export async function crasherOf(page: Page): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page)
  return async () => {
    const crashed = page.waitForEvent('crash')
    session.send('Page.crash').catch(() => {}) // nobody is left to answer
    await crashed
  }
}
