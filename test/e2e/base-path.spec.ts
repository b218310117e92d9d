import { expect, test } from 'playwright/test'
import { startLiveView } from './live-view-server.ts'
import { startPathProxy } from './path-proxy.ts'
import { walkThrough } from './under-a-path.ts'

const told = { basePath: '/chatlog' }
const proxies = [
  ['strips it', told, true],
  ['passes it on', told, false],
  ['strips it, and the collector is told nothing', {}, true],
] as const

for (const [what, options, strips] of proxies) {
  test(`under a path behind a proxy that ${what}, everything works and stays there, the cookie too`, async ({
    page,
  }) => {
    const liveView = await startLiveView(options)
    const proxy = await startPathProxy(liveView.port, strips)
    try {
      await walkThrough(page, proxy.origin, liveView)
      expect(proxy.asked.filter(({ path }) => path !== '/favicon.ico')).toEqual([])

      await page.goto(`${proxy.origin}/chatlog/`)
      await page.getByLabel('API key').fill(liveView.apiKey)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await expect(page.getByText('live', { exact: true })).toBeAttached()
      await page.goto(`${proxy.origin}/another-page`)
      expect(proxy.asked.filter(({ path }) => path === '/another-page')).toEqual([
        { path: '/another-page', cookie: '' },
      ])
    } finally {
      await page.close()
      await proxy.close()
      await liveView.close()
    }
  })
}

test('the path without its slash works too, where the collector is told', async ({ page }) => {
  const liveView = await startLiveView(told)
  const proxy = await startPathProxy(liveView.port, true)
  try {
    await page.goto(`${proxy.origin}/chatlog`)
    await page.getByLabel('API key').fill(liveView.apiKey)
    await page.getByRole('button', { name: 'Sign in' }).click()

    await expect(page.getByText('live', { exact: true })).toBeAttached()
  } finally {
    await page.close()
    await proxy.close()
    await liveView.close()
  }
})
