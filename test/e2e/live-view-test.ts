import { test as base, expect, type Page } from 'playwright/test'
import { type LiveViewServer, startLiveView } from './live-view-server.ts'

/** A live view of its own, and a page on which nothing may go wrong: no script error, no refusal by the policy. */
export const test = base.extend<{ liveView: LiveViewServer; faults: string[] }>({
  liveView: async ({ page }, use) => {
    const liveView = await startLiveView()
    await use(liveView)
    // Before its server: what the page still asks for is not refused.
    await page.close()
    await liveView.close()
  },
  faults: [
    async ({ page }, use) => {
      const faults: string[] = []
      page.on('pageerror', (error) => faults.push(error.message))
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text())
      })
      page.on('dialog', (dialog) => {
        faults.push(`a dialog: ${dialog.message()}`)
        dialog.dismiss()
      })
      await use(faults)
      expect(faults).toEqual([])
    },
    { auto: true },
  ],
})

/** The conversations of the list. */
export const entries = (page: Page) => page.locator('#conversations li[data-id]')

/** Signs in and waits until the page listens. */
export async function open(page: Page, liveView: LiveViewServer) {
  await page.goto(await liveView.ticketUrl())
  await expect(page.getByText('live', { exact: true })).toBeAttached()
}

/** Opens the fields of the filters. */
export async function openFilters(page: Page) {
  await page.getByText('Filters', { exact: true }).click()
}
