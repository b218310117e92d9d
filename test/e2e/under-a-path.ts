import { expect, type Page } from 'playwright/test'
import type { LiveViewServer } from './live-view-server.ts'

/**
 * Goes once through the live view at `{origin}/chatlog/`: signs in, sees a conversation arrive, reads it, takes an export,
 * makes a key, sends with it, and signs out. Nothing that it asks for is outside of the path.
 */
export async function walkThrough(page: Page, origin: string, liveView: LiveViewServer): Promise<void> {
  const outside: string[] = []
  page.on('request', (request) => {
    const { pathname, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && !/^\/chatlog(?:\/|$)/.test(pathname)) outside.push(pathname)
  })
  await page.goto(`${origin}/chatlog/`)
  await expect(page.locator('.sign-in main')).toHaveCSS('border-radius', '14px')
  await page.getByLabel('API key').fill('api_none_none')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toContainText('no such key')
  await page.getByLabel('API key').fill(liveView.apiKey)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(`${origin}/chatlog/`)
  await expect(page.getByText('live', { exact: true })).toBeAttached()

  await page.getByRole('button', { name: 'Make a WEB key' }).click()
  await expect(page.getByRole('region', { name: 'The tag', exact: true })).toContainText(
    `data-endpoint="${origin}/chatlog/conversations"`,
  )
  await page.getByRole('button', { name: 'Send a test message' }).click()
  await expect(page.locator('#conversations li[data-id]')).toHaveText([/Does this collector receive messages/])
  await page.getByRole('link', { name: 'Open it' }).click()
  await expect(page.getByRole('article').first()).toContainText('Does this collector receive messages')

  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'NDJSON' }).click()
  expect((await download).url()).toContain(`${origin}/chatlog/live-view/export.ndjson`)
  await page.getByRole('link', { name: 'Statistics' }).click()
  await expect(page.locator('#statistics')).toContainText('Conversations')
  expect(await page.evaluate(async (url) => (await fetch(url)).status, `${origin}/chatlog/chatlog.js`)).toBe(200)

  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByLabel('API key')).toBeVisible()
  await expect(page).toHaveURL(`${origin}/chatlog/`)
  expect(await page.context().cookies(`${origin}/chatlog/`)).toEqual([])
  await page.goto(`${origin}/chatlog/docs`)
  await expect(page.locator('nav')).toHaveCSS('position', /sticky|fixed|static/)
  expect(await page.evaluate(() => document.styleSheets.length)).toBe(1)
  expect(outside).toEqual([])
}
