import type { Browser, BrowserContext, BrowserType } from 'playwright/test'

/** Guards every context of a worker's browsers. */
export interface Guard {
  /** Closes the contexts that are still open, before the guard lets go of them. */
  end(): Promise<void>
}

/** What the guard does with each context. */
export interface Protection {
  /** Called before the caller that opens the context gets it. */
  opened(context: BrowserContext): Promise<void>
  /** Called before the context closes, while its pages are still there. */
  closing(context: BrowserContext): Promise<void>
}

/**
 * Protects each context before a test can use it: those of the worker's browser, of browsers that a test launches or
 * connects to itself, and persistent ones.
 *
 * @param types whose `launch`, `launchPersistentContext`, `connect` and `connectOverCDP` are guarded too
 */
export function guardBrowsers(browser: Browser, types: readonly BrowserType[], protection: Protection): Guard {
  const own = new Set<BrowserContext>()
  const undo: (() => void)[] = []
  const keep = async (context: BrowserContext) => {
    const { close } = context
    own.add(context)
    context.on('close', () => own.delete(context))
    context.close = async (options) => {
      await protection.closing(context)
      await close.call(context, options)
    }
    await protection.opened(context)
    return context
  }
  const guard = (guarded: Browser) => {
    const { newContext, newPage } = guarded
    guarded.newContext = async (options) => keep(await newContext.call(guarded, options))
    guarded.newPage = async (options) => {
      const context = await guarded.newContext(options)
      const page = await context.newPage()
      page.on('close', () => void context.close().catch(() => {}))
      return page
    }
    undo.push(() => void Object.assign(guarded, { newContext, newPage }))
    return guarded
  }
  const connected = async (made: Browser) => {
    for (const context of made.contexts()) await keep(context)
    return guard(made)
  }
  guard(browser)
  for (const type of types) {
    const { launch, launchPersistentContext, connect, connectOverCDP } = type
    type.launch = async (...given) => guard(await launch.apply(type, given))
    type.launchPersistentContext = async (...given) => keep(await launchPersistentContext.apply(type, given))
    type.connect = (async (...given: Parameters<typeof connect>) =>
      connected(await connect.apply(type, given))) as typeof connect
    type.connectOverCDP = (async (...given: Parameters<typeof connectOverCDP>) =>
      connected(await connectOverCDP.apply(type, given))) as typeof connectOverCDP
    undo.push(() => void Object.assign(type, { launch, launchPersistentContext, connect, connectOverCDP }))
  }
  return {
    async end() {
      await Promise.all([...own].map((context) => context.close().catch(() => {})))
      for (const each of undo) each()
    },
  }
}
