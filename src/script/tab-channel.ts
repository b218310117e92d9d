import type { Platform } from './platform.ts'

/** How the tabs of one store tell each other what is new. */
export interface TabChannel {
  /** Begins to listen; again after `close`: a page with an open channel stays out of the back/forward cache. */
  open(): void
  /** Tells the others that this conversation has new rows; `''`: that the visitor has refused. */
  post(conversationId: string): void
  close(): void
}

export function createTabChannel(
  platform: Platform,
  storeName: string,
  onTold: (conversationId: string) => void,
): TabChannel {
  let channel: ReturnType<Platform['openChannel']> | null = null

  const open = () => {
    channel ??= platform.openChannel(storeName, (message) => onTold(message as string))
    return channel
  }

  return {
    open,
    post: (conversationId) => open().post(conversationId),
    close() {
      channel?.close()
      channel = null
    },
  }
}
