import type { Platform } from './platform.ts'

/** How the tabs of one store tell each other what is new. */
export interface TabChannel {
  /** Begins to listen; again after `close`: a page with an open channel stays out of the back/forward cache. */
  open(): void
  /** Tells the others that this conversation has new rows; `''`: that the visitor has refused. */
  post(conversationId: string): void
  close(): void
  /** Closes it for good: what the store still waits for must not open it again. */
  end(): void
}

export function createTabChannel(
  platform: Platform,
  storeName: string,
  onTold: (conversationId: string) => void,
): TabChannel {
  let channel: ReturnType<Platform['openChannel']> | null = null
  let ended = false

  const open = () => {
    if (!ended) channel ??= platform.openChannel(storeName, (message) => onTold(message as string))
    return channel
  }

  const close = () => {
    channel?.close()
    channel = null
  }

  return {
    open,
    post: (conversationId) => open()?.post(conversationId),
    close,
    end() {
      ended = true
      close()
    },
  }
}
