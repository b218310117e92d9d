import type { Browser, BrowserContext } from 'playwright/test'

/** Every context of a test, also those that it opens itself. */
export interface Guard {
  contexts(): BrowserContext[]
  /** Closes what is still open, before anything is let go of. */
  end(): Promise<void>
}

/**
 * Lets no context of a browser be used before it is protected: `newContext` and `newPage` hand theirs out when `protect`
 * is done.
 *
 * @param protect prepares a context before the test gets it
 */
export function guardBrowser(browser: Browser, protect: (context: BrowserContext) => Promise<void>): Guard {
  const { newContext, newPage } = browser
  const own = new Set<BrowserContext>()
  const openContext: Browser['newContext'] = async (options) => {
    const context = await newContext.call(browser, options)
    own.add(context)
    context.on('close', () => own.delete(context))
    await protect(context)
    return context
  }
  browser.newContext = openContext
  browser.newPage = async (options) => {
    const context = await openContext(options)
    const page = await context.newPage()
    page.on('close', () => void context.close().catch(() => {}))
    return page
  }
  return {
    contexts: () => [...own],
    async end() {
      await Promise.all([...own].map((context) => context.close().catch(() => {})))
      Object.assign(browser, { newContext, newPage })
    },
  }
}
