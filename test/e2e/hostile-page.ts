import type { Page } from 'playwright/test'
import { scriptTag } from './chat-page.ts'
import { test as base, expect, type Site, started } from './fixtures.ts'
import type { TestCollector } from './test-collector.ts'

/** What went wrong in a page's documents, as each of them heard it. */
export type Trouble = string[]

/** Collects what goes wrong in every document of the page, from its very beginning. */
async function watchForTrouble(page: Page): Promise<Trouble> {
  const trouble: Trouble = []
  page.on('pageerror', (error) => trouble.push(`error: ${error.message}`))
  await page.exposeBinding('tellTrouble', (_source, what: string) => void trouble.push(what))
  await page.addInitScript(() => {
    const { tellTrouble } = window as unknown as { tellTrouble(what: string): void }
    // The binding is the test's, and no global of the page's.
    Reflect.deleteProperty(window, 'tellTrouble')
    const tell = (what: string) => tellTrouble(what)
    addEventListener('error', ({ message }) => tell(`error event: ${message}`))
    addEventListener('unhandledrejection', ({ reason }) => tell(`unhandled rejection: ${reason}`))
    addEventListener('securitypolicyviolation', ({ violatedDirective, sourceFile, blockedURI }) =>
      tell(`violation: ${violatedDirective} (${sourceFile}, ${blockedURI})`),
    )
  })
  return trouble
}

/** `test` with a page that reports each error, unhandled rejection and policy violation; none is left at its end. */
export const test = base.extend<{ trouble: Trouble }>({
  trouble: [
    async ({ page }, use) => {
      const trouble = await watchForTrouble(page)
      await use(trouble)
      expect(trouble).toEqual([])
    },
    { auto: true },
  ],
})

/** Puts a page whose own script runs before the tag, as those of libraries do. @returns its address */
export function hostilePage(site: Site, { webKey, endpoint }: TestCollector, script: string, tag = {}): string {
  return site.rawPage(
    '/hostile',
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Hostile</title><link rel="icon" href="data:,">
    <script>${script}</script>
    ${scriptTag({ 'api-key': webKey, endpoint, ...tag })}</head>
    <body><main data-chatlog><a href="#there">A link</a></main></body></html>`,
  )
}

/** Opens it, and waits for the tag. */
export async function openHostile(page: Page, site: Site, collector: TestCollector, script: string, tag = {}) {
  await page.goto(hostilePage(site, collector, script, tag))
  await started(page)
}

/** A whole conversation, as a widget records it: a question, a streamed answer, a clicked link, and who asked. */
export const converse = (page: Pick<Page, 'evaluate'>) =>
  page.evaluate(() => {
    const log = window.chatlog
    log.trackMessage({ id: 'q', role: 'user', content: 'How?', properties: { list: [1, [2]] } })
    log.trackMessage({ id: 'a', role: 'assistant', content: '', status: 'streaming' })
    log.appendToMessage('a', 'So, ')
    log.appendToMessage('a', 'see #there.')
    log.completeMessage('a')
    document.querySelector('a')?.click()
    log.identify({ userId: 'u7', plan: 'pro' })
  })

/** Its transcript, as the collector has it. */
export const conversation = [['user: How?', 'assistant: So, see #there.']]
