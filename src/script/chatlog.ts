/** Who wrote a message. Tool messages belong into `toolCalls` or `properties` of the message that called them. */
export type Role = 'system' | 'user' | 'assistant'

/**
 * How far an answer has come. `streaming`: more will come; `complete`; `aborted`: the visitor stopped it; `error`: it
 * broke off. (`interrupted` is said by chatlog alone, of an answer whose tab is gone.)
 */
export type MessageStatus = 'streaming' | 'complete' | 'aborted' | 'error'

/** One part of a message's content: text, or an image by its URL. */
export type ContentPartInput =
  | { type: 'text'; text: string }
  | { type: 'image_url'; image_url: { url: string; detail?: 'auto' | 'low' | 'high' } }

/** A page that a message cites or offers. */
export interface LinkInput {
  /** Any string; an absolute URL lets a click on it be found. */
  url: string
  label?: string | null
  title?: string | null
  description?: string | null
  /** For instance `documentation`, `site`, `github_issue`. */
  type?: string | null
  breadcrumbs?: string[] | null
}

/** A call that the model asked for; `arguments` as text, or a value that becomes JSON text. */
export interface ToolCallInput {
  id: string
  type?: 'function'
  function: { name: string; arguments: unknown }
}

/** A message as the widget has it. Holds what a person typed or a model answered, in `content`. */
export interface MessageInput {
  /**
   * The widget's own id. The same id is the same message: recording it again updates it. Travels as `externalId`.
   *
   * @defaultValue a new one
   */
  id?: string
  /** Id given to or returned by `startConversation`. @defaultValue the tab's current conversation */
  conversationId?: string
  role: Role
  /** Text, or parts. `''` starts a streaming answer. */
  content: string | ContentPartInput[]
  /** Name of who wrote it, as a person would read it. */
  name?: string | null
  /** Pages that the message cites. */
  links?: LinkInput[] | null
  toolCalls?: ToolCallInput[] | null
  /** Anything more; becomes JSON. `chatlog` is reserved. */
  properties?: Record<string, unknown> | null
  /** When it was written. @defaultValue now */
  createdAt?: Date | string | number | null
  /** @defaultValue 'complete' */
  status?: MessageStatus
}

/** A click on a link in an answer, for widgets that open links by themselves. */
export interface LinkClickInput {
  /** The link's URL; stored absolute, resolved against the page. */
  url: string
  label?: string
  title?: string
  /** The message it stands in. @defaultValue the newest message that holds the URL, else the conversation */
  messageId?: string
  conversationId?: string
}

/** What a visitor thinks of an answer. */
export interface FeedbackInput {
  /** The widget's id of the message, or the one that `trackMessage` gave. */
  messageId: string
  /** @defaultValue the tab's own conversation, else the newest that has a message of that id */
  conversationId?: string
  /** `null` takes back what was said before. */
  type: 'positive' | 'negative' | null
  /** Why, as far as the visitor said it. `details` may hold what a person typed. */
  reasons?: { label: string; details: string }[] | undefined
}

/** What a site wants to say about a conversation as a whole. */
export interface ConversationInput {
  /** The widget's own id: finds the same conversation again anywhere on the origin. Travels as `externalId`. */
  id?: string
  /** Anything more; becomes JSON, `chatlog` is reserved. */
  properties?: Record<string, unknown>
  tags?: string[]
  visibility?: 'private' | 'public'
  /**
   * The site's own server keeps the chat, and shows it on all of a visitor's devices: it is one conversation then, with `id`
   * as its id on the wire everywhere. Give the whole transcript with `trackMessages` on every page, `[]` for a new chat,
   * before anything else is recorded: the first one is history, which is sent with the first new message. Until it is given,
   * nothing goes to a `hosted` server, which may forget what a request leaves out. Whoever knows `id` can write into the
   * conversation: it must be random (a UUID). One that is shorter than 16 characters, a mere number, or has fewer than six
   * different characters is refused with a console line, and the chat stays one of this browser.
   *
   * @defaultValue false
   */
  shared?: boolean
}

/** Why something given was not recorded, or recorded and not kept. */
export type DropReason =
  | 'invalid'
  | 'too_large'
  | 'before_store'
  | 'stopped'
  | 'consent'
  | 'memory_full'
  | 'expired'
  | 'storage_budget'
  | 'corrupt'
  | 'discarded'

/** Why a conversation isn't delivered yet. `unshown`: it is `shared`, and this page hasn't given its transcript. */
export type PendingReason =
  | 'retrying'
  | 'offline'
  | 'refused'
  | 'blocked'
  | 'unreachable'
  | 'streaming'
  | 'stopped'
  | 'unshown'

/** What `flush` came to: ids of conversations that the server holds whole, and those that it doesn't yet. */
export interface DeliveryReport {
  delivered: string[]
  pending: { conversationId: string; reason: PendingReason }[]
}

/**
 * Why a request is made just then. `message_complete`: an answer has ended; `max_wait`: a visitor's message has waited
 * for its answer for `maxWaitMs`; `link_click`, `feedback`, `identified`: that was recorded; `earlier_page`: a page of
 * before has left something; `other_tab`: so has another tab, which should have sent it by now; `tab_gone`: a tab has
 * ended that may have left something under way; `page_hidden`; `page_restored`: the page is back from the back/forward
 * cache; `online`: the network is back; `key_changed`; `retry`: after a failure; `lost_sight`: once more, after a request
 * of which nothing was heard; `discarded`: the visitor has removed the conversation; `requested`: by `flush()`.
 */
export type FlushReason =
  | 'message_complete'
  | 'max_wait'
  | 'link_click'
  | 'feedback'
  | 'identified'
  | 'earlier_page'
  | 'other_tab'
  | 'tab_gone'
  | 'page_hidden'
  | 'page_restored'
  | 'online'
  | 'key_changed'
  | 'retry'
  | 'lost_sight'
  | 'discarded'
  | 'requested'

/** How the visitor is known: by a cookie, by the site's word, or for this page's life alone. */
export type IdentificationType = 'COOKIED' | 'ID_PROVIDED' | 'ANONYMOUS'
/** What the visitor allowed. `pending`: not asked yet, so kept in memory alone; `denied`: nothing is recorded. */
export type Consent = 'granted' | 'denied' | 'pending'
/** Where a conversation stands: `dirty` has something that the server may not hold, and waits its turn. */
export type ConversationState = 'delivered' | 'dirty' | 'sending' | 'refused' | 'blocked'

/**
 * What a page that has something to record or to send still waits for. `options`: that the page gives the right ones,
 * `problem` says which; `consent`: that the visitor allows it; `message`: that the page records something; `key`: a WEB key
 * that the endpoint takes; `endpoint`: any answer of it at all; `retry`: the next try, after one that failed; `change`: that
 * a conversation which the endpoint refused changes; `delivery`: an answer that ends, a pause, or a request under way.
 */
export type WaitsFor = 'options' | 'consent' | 'message' | 'key' | 'endpoint' | 'retry' | 'change' | 'delivery'

/** A picture of this tab's instance: nothing in it changes later, and it holds no message content. */
export interface State {
  /** `null`: everything recorded on this page is stored. */
  waitsFor: WaitsFor | null
  /** What is wrong with the options, and what is right; `null`: nothing. */
  problem: string | null
  /** Where conversations go. */
  endpoint: string
  /** What names the WEB key, and is no secret: between its first and second `_`, else its first eight characters. */
  keyId: string
  /** Of the script. */
  version: string
  /** When the endpoint last said that it has stored something of this page, ISO 8601; `null`: not yet. */
  storedAt: string | null
  visitor: { id: string | null; identificationType: IdentificationType }
  consent: Consent
  /** `memory`: IndexedDB is denied, full or broken; what is recorded lives as long as the page. */
  storage: 'durable' | 'memory'
  conversations: {
    /** Id on the wire. */
    id: string
    externalId: string | null
    messages: number
    /** UTF-8 bytes of all bodies that hold it. */
    bytes: number
    parts: number
    state: ConversationState
  }[]
  sender: {
    state: 'idle' | 'sending' | 'waiting' | 'blocked' | 'unreachable'
    /** Why it waits or is blocked, in words. */
    reason: string | null
    /** ISO 8601. */
    retryAt: string | null
    /** Why the newest request was made; `null` before the first. */
    flushReason: FlushReason | null
  }
  counts: { recorded: number; delivered: number; dropped: Partial<Record<DropReason, number>> }
}

/** Events by name, with what their listeners get. */
export interface ChatlogEvents {
  recorded: { messageId: string }
  delivered: { conversationId: string; messages: number; bytes: number }
  retrying: { afterMs: number; cause: string }
  refused: { conversationId: string; status: number; detail: string }
  /** `messageId`: the caller's, or the wire's, as far as it is known. `detail` says what was wrong and what to do. */
  dropped: { messageId: string | null; reason: DropReason; detail: string }
  blocked: { reason: string }
}

/**
 * An instance, as `init` gives it. None of its methods ever throws: bad input is refused with one `console.error` and a
 * `dropped` event, and what was recorded before stays.
 */
export interface Chatlog {
  /** Records a message, or updates the one with the same id. @returns its id on the wire, `''` where it was refused */
  trackMessage(message: MessageInput): string
  /**
   * Adds to a message, which is growing again then. Takes the widget's id or the one `trackMessage` gave. Without
   * `conversationId` it is the tab's own conversation, else the newest that has a message of that id.
   */
  appendToMessage(messageId: string, delta: string, where?: { conversationId?: string }): void
  /** Ends a streaming answer. @defaultValue status 'complete' */
  completeMessage(
    messageId: string,
    end?: { status?: Exclude<MessageStatus, 'streaming'>; conversationId?: string },
  ): void
  /**
   * Records the widget's whole transcript: safe to call on every render. Messages are told apart by their ids, or by
   * role, text and neighbours where they have none.
   */
  trackMessages(messages: readonly MessageInput[], where?: { conversationId?: string }): void
  /** Records a click on a link; clicks inside `[data-chatlog]` are recorded without this. */
  trackLinkClick(click: LinkClickInput): void
  /** Records thumbs up or down on a message; the last word counts. Travels as `properties.chatlog.feedback`. */
  trackFeedback(feedback: FeedbackInput): void
  /** Starts a conversation, or finds the one of that id. @returns its id on the wire */
  startConversation(conversation?: ConversationInput): string
  /**
   * The visitor removes a chat, the tab's where no id is given: what was recorded of it is deleted on this machine, and
   * the server is told nothing but `properties.chatlog.discardedAt`. What comes to it after that is dropped; without an id
   * given, the next message starts a new conversation.
   *
   * @param id the site's own, or what `startConversation` returned
   */
  discardConversation(id?: string): void
  /** Names the visitor: from now on the current conversation is theirs. */
  identify(user: { userId: string | number; [trait: string]: unknown }): void
  /** Logout: ends the conversation and gives the next visitor a new id, in every tab of the site. */
  reset(): void
  /** What the visitor said to the consent banner. */
  setConsent(consent: Consent): void
  /** Captures link clicks inside this shadow root too; needed only for closed ones. */
  registerRoot(root: ShadowRoot): void
  /** Sends what isn't delivered now. Resolves once each conversation is delivered or has to wait; never rejects. */
  flush(): Promise<DeliveryReport>
  /** How things stand now: a copy, without message content. */
  getState(): State
  /** @returns the unsubscribe */
  on<Name extends keyof ChatlogEvents>(event: Name, listener: (event: ChatlogEvents[Name]) => void): () => void
  /** Ends recording and frees everything; what is stored is sent by the next page, or deleted where consent is denied. */
  stop(): void
}
