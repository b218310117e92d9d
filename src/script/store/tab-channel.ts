import type { Platform } from '../platform.ts'

/** What one tab tells the others; `post` says what it means. */
export type Told = string | number

/** How the tabs of one store tell each other what is new. */
export interface TabChannel {
  /** Begins to listen; again after `close`: a page with an open channel stays out of the back/forward cache. */
  open(): void
  /**
   * Tells the others that this conversation has new rows; `''`: that the visitor has refused; a number: that somebody
   * logged out then, in milliseconds since 1970.
   */
  post(told: Told): void
  close(): void
  /** Closes it for good: what the store still waits for must not open it again. */
  end(): void
}

export function createTabChannel(platform: Platform, storeName: string, onTold: (told: Told) => void): TabChannel {
  let channel: ReturnType<Platform['openChannel']> | null = null
  let ended = false

  const open = () => {
    if (!ended) channel ??= platform.openChannel(storeName, onTold as (message: unknown) => void)
    return channel
  }

  const close = () => {
    channel?.close()
    channel = null
  }

  return {
    open,
    post: (told) => open()?.post(told),
    close,
    end() {
      ended = true
      close()
    },
  }
}

/** For a page that waits for consent. @returns the end of it */
export function hearLogouts(platform: Platform, storeName: string, onLogout: (at: number) => void): () => void {
  const channel = createTabChannel(platform, storeName, (told) => {
    if (typeof told === 'number') onLogout(told)
  })
  const unsubscribes = [
    platform.onPageHidden((leaving) => leaving && channel.close()),
    platform.onPageShown(() => void channel.open()),
  ]
  channel.open()
  return () => {
    for (const unsubscribe of unsubscribes) unsubscribe()
    channel.end()
  }
}
