import type { Platform } from './platform.ts'

/** Begins what tells of a logout; its time follows, in milliseconds since 1970. */
const logoutMark = ' '

const noop = () => {}

/** How the tabs of one store tell each other what is new. */
export interface TabChannel {
  /** Begins to listen; again after `close`: a page with an open channel stays out of the back/forward cache. */
  open(): void
  /** Tells the others that this conversation has new rows; `''`: that the visitor has refused. */
  post(conversationId: string): void
  /** Tells the others that somebody has logged out. */
  postLogout(at: number): void
  close(): void
  /** Closes it for good: what the store still waits for must not open it again. */
  end(): void
}

export function createTabChannel(
  platform: Platform,
  storeName: string,
  onTold: (conversationId: string) => void,
  onLogout: (at: number) => void,
): TabChannel {
  let channel: ReturnType<Platform['openChannel']> | null = null
  let ended = false

  const open = () => {
    if (!ended) channel ??= platform.openChannel(storeName, hear)
    return channel
  }

  const hear = (message: unknown) => {
    const told = message as string
    if (told.startsWith(logoutMark)) onLogout(Number(told))
    else onTold(told)
  }

  const post = (message: string) => open()?.post(message)

  const close = () => {
    channel?.close()
    channel = null
  }

  return {
    open,
    post,
    postLogout: (at) => post(logoutMark + at),
    close,
    end() {
      ended = true
      close()
    },
  }
}

/** Tells the other tabs of a logout, from a page that has no channel open. */
export function tellLogout(platform: Platform, storeName: string, at: number): void {
  const channel = createTabChannel(platform, storeName, noop, noop)
  channel.postLogout(at)
  channel.end()
}

/** For a page that waits for consent. @returns the end of it */
export function hearLogouts(platform: Platform, storeName: string, onLogout: (at: number) => void): () => void {
  const channel = createTabChannel(platform, storeName, noop, onLogout)
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
