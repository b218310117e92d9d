import { createHappening } from '../happening.ts'
import type { Platform } from '../platform.ts'
import type { TabNews } from './tab-news.ts'

/** How the tabs of one store tell each other what is new. */
export interface TabChannel {
  /** Begins to listen, also again after `close`. */
  open(): void
  post(news: TabNews): void
  /** Hears what other tabs tell, while the channel is open. @returns the unsubscribe */
  onNews(listener: (news: TabNews) => void): () => void
  /** Stops listening: a page with an open channel stays out of the back/forward cache. */
  close(): void
  /** Closes it so that no later `open` or `post` opens it again: a save that ends after `stop` still posts. */
  closeForGood(): void
}

export function createTabChannel(platform: Platform, storeName: string): TabChannel {
  const told = createHappening<[TabNews]>()
  let channel: ReturnType<Platform['openChannel']> | null = null
  let ended = false

  const open = () => {
    if (!ended) channel ??= platform.openChannel(storeName, told.tell as (message: unknown) => void)
    return channel
  }

  const close = () => {
    channel?.close()
    channel = null
  }

  return {
    open,
    post: (news) => open()?.post(news),
    onNews: told.on,
    close,
    closeForGood() {
      ended = true
      close()
    },
  }
}

/** Tells the other tabs from a page that doesn't record, and so hears nothing itself. */
export function tellOtherTabs(platform: Pick<Platform, 'openChannel'>, storeName: string, news: TabNews): void {
  const channel = platform.openChannel(storeName, () => {})
  channel.post(news)
  channel.close()
}

/** Hears of logouts and refusals in other tabs, on a page that waits for consent. @returns stops listening */
export function hearTabs(
  platform: Platform,
  storeName: string,
  onLogout: (at: number) => void,
  onRefused: () => void,
): () => void {
  const channel = createTabChannel(platform, storeName)
  const unsubscribes = [
    channel.onNews((news) => {
      if (news.kind === 'logout') onLogout(news.at)
      if (news.kind === 'refused') onRefused()
    }),
    platform.onPageHidden((leaving) => leaving && channel.close()),
    platform.onPageShown(() => void channel.open()),
  ]
  channel.open()
  return () => {
    for (const unsubscribe of unsubscribes) unsubscribe()
    channel.closeForGood()
  }
}
