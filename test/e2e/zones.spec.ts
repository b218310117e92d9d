import type { Page } from 'playwright/test'
import { expect, test } from './fixtures.ts'

/** What the page's Angular-like zone has seen, under `window.app`. */
interface App {
  zone: { run<Result>(work: () => Result): Result }
  microTasks: boolean
  macroTasks: boolean
}

declare global {
  interface Window {
    app: App
  }
}

/** The zone that Angular runs an app in, as far as it decides whether the app is stable (`NgZone`, @angular/core 20). */
function forkAngularZone(): void {
  const { Zone } = window as unknown as {
    Zone: { current: { fork(spec: object): App['zone'] } }
  }
  const app = { microTasks: false, macroTasks: false } as App
  type Delegate = Record<'hasTask', (...given: unknown[]) => unknown>
  app.zone = Zone.current.fork({
    name: 'angular',
    properties: { isAngularZone: true },
    onHasTask(
      delegate: Delegate,
      current: unknown,
      target: unknown,
      state: { change: string; microTask: boolean; macroTask: boolean },
    ) {
      delegate.hasTask(target, state)
      if (current !== target) return
      if (state.change === 'microTask') app.microTasks = state.microTask
      if (state.change === 'macroTask') app.macroTasks = state.macroTask
    },
  })
  window.app = app
}

const zoneScript = '<script src="/node_modules/zone.js/bundles/zone.umd.js"></script>'

const isStable = (page: Page) => page.evaluate(() => !window.app.microTasks && !window.app.macroTasks)

for (const file of ['chatlog.js', 'chatlog-observe.js']) {
  test(`an Angular app that starts ${file} in its zone becomes stable, and stays so while it is used`, async ({
    page,
    site,
    collector,
  }) => {
    const html = `<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,">${zoneScript}
      <script>(${forkAngularZone})()</script><script src="/dist/${file}"></script>
      <body><main data-chatlog><a href="#there">A link</a></main>`
    await page.goto(site.rawPage('/app', html))
    await page.evaluate(
      ({ webKey, endpoint }) => {
        const { zone } = window.app
        zone.run(() => {
          const tag = window.chatlog as unknown as { init(options: object): void }
          tag.init({ apiKey: webKey, endpoint })
        })
      },
      { webKey: collector.webKey, endpoint: collector.endpoint },
    )

    await expect.poll(() => isStable(page)).toBe(true)
    const pending = await page.evaluate(() => {
      const { zone } = window.app
      zone.run(() => {
        window.chatlog.trackMessage({ role: 'user', content: 'How?' })
        const id = window.chatlog.trackMessage({ role: 'assistant', content: '', status: 'streaming' })
        window.chatlog.appendToMessage(id, 'So.')
        window.chatlog.completeMessage(id)
        window.chatlog.identify({ userId: 'u7' })
        document.querySelector('a')?.click()
      })
      return window.app.macroTasks
    })
    expect(pending).toBe(false)
    await expect.poll(collector.transcripts).toEqual([['user: How?', 'assistant: So.']])
    await expect.poll(() => isStable(page)).toBe(true)
  })
}

test('that zone is not stable while the app itself waits for something', async ({ page, site }) => {
  const html = `<!doctype html><title>App</title><link rel="icon" href="data:,">${zoneScript}<script>(${forkAngularZone})()</script>`
  await page.goto(site.rawPage('/app', html))
  await page.evaluate(() => void window.app.zone.run(() => void setTimeout(() => {}, 1_000_000)))

  expect(await isStable(page)).toBe(false)
})
