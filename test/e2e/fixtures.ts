import { test as base, type Page } from 'playwright/test'
import type { Chatlog, MessageInput } from '../../src/script/chatlog.ts'
import { type ChatPage, chatPageHtml } from './chat-page.ts'
import { type PageServer, startPageServer } from './page-server.ts'
import { startTestCollector, type TestCollector } from './test-collector.ts'

declare global {
  interface Window {
    chatlog: Chatlog
  }
}

/** A site whose pages carry the tag. */
export interface Site extends Omit<PageServer, 'put' | 'close'> {
  /** Puts a page with the tag at a path. @returns its address */
  page(path: string, page?: ChatPage): string
  /** Puts a page as it is, without the tag, with further response headers. @returns its address */
  rawPage(path: string, html: string, headers?: Record<string, string>): string
  /** Goes there, and waits until the tag's instance has replaced the stub. Puts a default page at `/` if need be. */
  open(page: Page, address?: string): Promise<void>
}

/** `test` with a collector and a site of its own for each test. */
export const test = base.extend<{ collector: TestCollector; site: Site }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that one needs from this pattern
  collector: async ({}, use) => {
    const collector = await startTestCollector()
    await use(collector)
    await collector.close()
  },
  site: async ({ collector }, use) => {
    const { put, close, ...server } = await startPageServer()
    const page = (path: string, content: ChatPage = {}) => put(path, chatPageHtml(content, collector))
    page('/')
    await use({
      ...server,
      page,
      rawPage: put,
      async open(browserPage, address = `${server.origin}/`) {
        await browserPage.goto(address)
        await started(browserPage)
      },
    })
    await close()
  },
})

export { expect } from 'playwright/test'

/** Waits until the tag's instance has replaced the stub. */
export async function started(page: Page): Promise<void> {
  await page.waitForFunction(() => typeof window.chatlog?.getState === 'function')
}

/** Records a message on the page. @returns its id on the wire */
export function say(page: Page, content: string, message: Partial<MessageInput> = {}): Promise<string> {
  return page.evaluate((input) => window.chatlog.trackMessage(input), {
    role: 'user',
    content,
    ...message,
  } as MessageInput)
}

/** Records an answer on the page. @returns its id on the wire */
export const answer = (page: Page, content: string, message: Partial<MessageInput> = {}): Promise<string> =>
  say(page, content, { role: 'assistant', ...message })

/** Sends what isn't delivered now. */
export const flush = (page: Page) => page.evaluate(() => window.chatlog.flush())
