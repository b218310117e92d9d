import type { Conversation } from '../conversation/conversation.ts'
import type { ConversationHeader } from '../conversation/rows.ts'
import { toJson } from '../json.ts'
import type { Platform } from '../platform.ts'
import type { ConversationStore } from '../store/conversation-store.ts'
import type { CurrentConversation } from './current-conversation.ts'
import { userIdOf } from './signed-in-user.ts'
import type { Visitor } from './visitor.ts'

/** Login and logout. */
export interface Identity {
  /**
   * Names the visitor: the tab's conversation becomes theirs; where it is another user's, it ends. Throws a TypeError.
   */
  identify(user: { userId: string | number; [trait: string]: unknown }): void
  /**
   * Logout: ends the conversation, and the next visitor gets a new id. What was recorded keeps the user it was said by.
   */
  reset(): void
  /**
   * Moves what was recorded under an id that another tab has overwritten to the cookie's id. Called before each send.
   */
  adoptCookie(): void
}

interface IdentityParts {
  visitor: Visitor
  current: CurrentConversation
  store: ConversationStore
  platform: Platform
}

export function createIdentity({ visitor, current, store, platform }: IdentityParts): Identity {
  const { now } = platform
  const changeHeader = (conversation: Conversation, change: Partial<ConversationHeader>) => {
    const { header } = conversation
    store.saveHeader(conversation, { ...header, ...change, updatedAt: Math.max(now(), header.updatedAt + 1) })
  }

  return {
    identify({ userId: given, ...traits }) {
      const userId = userIdOf(given)
      if (!userId) throw new TypeError(`identify: \`userId\` must name a user, got ${typeof given} ${toJson(given)}`)
      visitor.identify(userId, traits)
      const conversation = current.get()
      if (!conversation) return
      const userProperties = visitor.userProperties()
      store.whenLoaded(conversation, () => {
        const { header } = conversation
        const { identificationType, id } = header.userProperties
        if (identificationType === 'ID_PROVIDED' && id !== userId) return current.startAfresh()
        if (toJson(userProperties) === toJson(header.userProperties)) return
        changeHeader(conversation, { userProperties })
        store.announce(conversation, 'identified', 0)
      })
    },
    reset() {
      const at = now()
      visitor.reset(at)
      current.forgetTab()
      store.tellLogout(at)
    },
    adoptCookie() {
      const lost = visitor.takeLostId()
      if (!lost) return
      for (const conversation of store.all()) {
        const { chatlog } = conversation.header
        if (chatlog.visitorId !== lost) continue
        const userProperties = visitor.userProperties()
        changeHeader(conversation, { userProperties, chatlog: { ...chatlog, visitorId: visitor.id() } })
        store.announce(conversation, 'identified', 0)
      }
    },
  }
}
