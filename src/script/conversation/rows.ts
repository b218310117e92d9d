/** A click on a link. Holds the URL that a model or site wrote, never typed text. */
export interface LinkClick {
  /** Absolute. */
  url: string
  label: string | null
  /** ISO 8601. */
  clickedAt: string
}

/** What the site and chatlog say about a conversation as a whole; plain JSON, replaced and never changed. */
export interface ConversationHeader {
  externalId: string | null
  /** ISO 8601. */
  createdAt: string
  /** Milliseconds since 1970, at least one more than the version before: the newer version wins. */
  updatedAt: number
  /** Who the visitor was when this was recorded. */
  userProperties: Record<string, unknown>
  /** What the site gave. */
  properties: Record<string, unknown>
  tags: string[]
  visibility: 'private' | 'public' | null
  /** `properties.chatlog`, without what `bodyOf` adds: part and links to other parts. */
  chatlog: {
    visitorId: string | null
    page?: { url: string; title: string }
    libraryVersion?: string
    automated?: boolean
    linkClicks?: LinkClick[]
    /** The visitor removed the conversation then, ISO 8601: nothing of it is left, and nothing is added. */
    discardedAt?: string
    /** It goes on on other devices, under the site's own id: what is known here is never known to be all. */
    shared?: boolean
  }
}

/** A message in the store. */
export interface MessageRow {
  kind: 'message'
  /** The tab that wrote this version. */
  tabId: string
  /** Id on the wire, but for the suffix of a conversation that goes on under a new id. */
  id: string
  /** The caller's own id. */
  externalId: string | null
  /** Place in the conversation: milliseconds since 1970, at least one more than the message before. */
  order: number
  /** Milliseconds since 1970, at least one more than the version before: the newer version wins. */
  updatedAt: number
  /** Part of the conversation that it belongs to, from 1; 0 while the earlier messages aren't loaded. */
  part: number
  /** More will come: it is sent only where the page goes before it is complete. */
  streaming: boolean
  role: string
  /** The message as JSON, without its opening brace and id, so that a conversation can go on under a new id. */
  json: string
  /**
   * UTF-8 bytes of the message with its id; more where its lists have many small entries, since entries are bounded
   * too.
   */
  bytes: number
}

/** What the site and chatlog said of the conversation as a whole. */
export interface HeaderRow {
  kind: 'header'
  header: ConversationHeader
}

/** In this row a tab says what the server holds, and which tabs may have a request under way. */
export interface DeliveredRow {
  kind: 'delivered'
  /** The server holds every row up to this one. 0 where a tab says no more than that it begins to send. */
  upTo: number
  /**
   * Ids of the tabs that may have a request under way, or one left with the browser: it may arrive after the tab's end.
   * Of every other tab, nothing that it sent before row `upTo` can arrive any more. Where the list is empty and the
   * conversation has no newer row, a later page needn't read it.
   */
  underWay: readonly string[]
  /** Time of the newest message, milliseconds since 1970. */
  activeAt: number
  /** The conversation's id on the wire. */
  wireId: string
  /** Nobody ever read the answer to some request: once the conversation is over, it is sent once more. */
  unanswered?: boolean
  /** The visitor removed it: the row stays for 30 days, so that the conversation doesn't begin again. */
  discarded?: boolean
  /** It goes on on other devices. */
  shared?: boolean
}

/** The conversation is over and delivered, and its content is gone. Asked for again, it goes on under this suffix. */
export interface EndedRow {
  kind: 'ended'
  suffix: string
  continues: string
  endedAt: number
}

/** A row before it is saved. */
export type NewRow = { conversationId: string; tabId: string } & (MessageRow | HeaderRow | DeliveredRow | EndedRow)

/**
 * The tabs that a row of kind `delivered` names. An earlier version wrote `clean` instead, and rows of kind `armed`:
 * where those say that something is under way, it may be any tab that is known.
 */
export const underWayOf = (row: LogRow & DeliveredRow, known: Iterable<string> = []): readonly string[] =>
  row.underWay ?? ((row as { clean?: boolean }).clean ? [] : [row.tabId, ...known])

/** A row as stored: `seq` grows with every row of the origin, in the order of saving. */
export type LogRow = NewRow & { seq: number }
