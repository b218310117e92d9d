import type { StoredConversation } from '../../contract/answer.ts'
import type { EventAnswer } from '../../contract/event.ts'
import type { FeedbackAnswer } from '../../contract/feedback.ts'
import type { FacetKind } from './conversation-facets.ts'
import type { Step } from './tallies.ts'

/** `web`: public, write-only, from a browser. `api`: secret, reads and writes. */
export type KeyType = 'web' | 'api'

/**
 * What an API key may do, each role everything that those before it may: `read` conversations, exports and statistics;
 * `write` them too; `erase` conversations and people; `admin` makes and revokes keys, and reads the audit log.
 */
export type KeyRole = 'read' | 'write' | 'erase' | 'admin'

/** A key as it is stored: never the key itself, only what verifies it. */
export type StoredKey = {
  /** Public half of the key, unique; safe to show in lists and logs. */
  id: string
  projectId: string
  type: KeyType
  /** SHA-256 of the whole key, hexadecimal. */
  hash: string
  /**
   * Origins that requests with an `Origin` header may come from, each whole or with `*.` for every subdomain; empty allows
   * any for a WEB key and none for an API key.
   */
  origins: string[]
  /** ISO 8601, UTC. */
  createdAt: string
  /** ISO 8601, UTC; `null` while the key works. A revoked key is kept, so that its holder is told why. */
  revokedAt: string | null
  /** Of API keys. @defaultValue 'erase', what API keys could do before there were roles */
  role?: KeyRole
  /** Who or what uses it, in the words of whoever made it. */
  name?: string
  /** ISO 8601, UTC; from then on it is refused. @defaultValue never */
  expiresAt?: string
  /** ISO 8601, UTC, within a minute. @defaultValue it was not used yet, or before this was noted */
  lastUsedAt?: string
}

/**
 * What somebody did with a key that reads or changes more than what it sent. The line stays when its subject is erased.
 */
export type AuditAction =
  | 'sign_in'
  | 'sign_in_refused'
  | 'sign_out'
  | 'read'
  | 'export'
  | 'erase_conversation'
  | 'erase_visitor'
  | 'add_key'
  | 'revoke_key'
  | 'change_setting'

/** One line of a project's audit log. */
export type AuditEntry = {
  /** Milliseconds since 1970, the collector's clock. */
  atMs: number
  action: AuditAction
  /** Public half of the key; `null` where none was known. */
  keyId: string | null
  /** Address of whoever asked; `null` where it isn't known for sure. */
  address: string | null
  /**
   * What it was done to: the id of a conversation or key, an export's filters. An erased visitor is named by a hash:
   * their id is what was to go.
   */
  subject: string
}

/** A browser that is signed in, by a hash of its token: never the token itself. */
export type StoredSession = {
  projectId: string
  /** SHA-256 of the token, hexadecimal. */
  hash: string
  keyId: string
  /** Milliseconds since 1970. */
  expiresMs: number
}

/** Which sign-ins are ended: one, all of a key, or those that expired by then. */
export type EndedSessions = { hash: string } | { keyId: string } | { expiredMs: number }

/** What was sent with a key: requests, bytes of bodies, new conversations. */
export type Usage = { requests: number; bytes: number; conversations: number }

/**
 * A conversation that another collector on the same database has stored. `null`: conversations of the project were erased,
 * by whomever; which ones nobody says, since they may be very many.
 */
export type StoredNotice = { projectId: string; conversationId: string | null }

/** One page of a project's audit log, newest first. */
export type AuditPage = { entries: AuditEntry[]; nextCursor: string | null }

/** A step of time in which conversations began. */
export type StepCount = { startMs: number; conversations: number; messages: number }

/** Feedback of the conversations that began in a step of time. */
export type StepFeedback = { startMs: number; positive: number; negative: number }

/** How long a question waited for its answer, by the quarter of an hour in which its conversation began. */
export type AnswerTime = { startMs: number; waitMs: number }

/** Selects the conversations for which everything given is true. */
export type ConversationFilter = {
  /** An id of the visitor: the site's, or the one in their cookie. */
  visitor?: string | undefined
  /** One of these ids of a visitor. */
  visitors?: readonly string[] | undefined
  /** Earliest `createdAt`, milliseconds since 1970. */
  fromMs?: number | undefined
  /** `createdAt` before this, milliseconds since 1970. */
  toMs?: number | undefined
  tag?: string | undefined
  /** Beginning of the URL of the page on which it began. */
  page?: string | undefined
  /** Beginning of the URL of a link that was clicked in it. */
  clicked?: string | undefined
  /** Feedback that one of its messages got; `any` of both, or `none`. */
  feedback?: 'positive' | 'negative' | 'any' | 'none' | undefined
  /** How one of its answers ended (`error`, `aborted`, `interrupted`, …); `none` for a last question without one. */
  answer?: string | undefined
  /** A link was clicked in it, or none was. */
  hasClicks?: boolean | undefined
  /** Messages at least. */
  minMessages?: number | undefined
  /** Messages at most. */
  maxMessages?: number | undefined
  /** A question was asked twice, or an answer made anew. */
  isAskedAgain?: true | undefined
  /** An answer says that it could not find something, in the words that the project's setting names. */
  isNotFound?: true | undefined
  /** An answer failed, was stopped or interrupted, is missing, disliked or not found, or something was asked again. */
  hasNoGoodAnswer?: true | undefined
  /**
   * Words that one message says, in any order and case, with or without accents; `word*`: every word that begins so.
   * Conversations come in the order of arrival then, the newest first.
   */
  text?: string | undefined
}

/** Where a page of conversations starts. Give `cursor` (stable while new ones arrive) or `offset`, not both. */
export type ConversationPageRequest = {
  /** Conversations in a page, 1 to 100. */
  limit: number
  /** `nextCursor` of the page before. */
  cursor?: string | undefined
  /** Conversations skipped, from the newest. Not counted where `filter.text` is given: use `cursor`. */
  offset?: number | undefined
  /** @defaultValue every conversation */
  filter?: ConversationFilter | undefined
  /** Newest `createdAt` first, or newest `updatedAt`. @defaultValue 'created' */
  order?: 'created' | 'active' | undefined
  /** `false` leaves the messages unread: each conversation has none. @defaultValue true */
  withMessages?: boolean | undefined
  /** `false` counts no further than `maxTotal`, and gives `null` beyond. @defaultValue true */
  withTotal?: boolean | undefined
}

/** One page of a project's conversations. */
export type ConversationPage = {
  /**
   * Newest `createdAt` first; of equal ones the one stored last. With `filter.text` the one that arrived last first.
   */
  conversations: StoredConversation[]
  /**
   * Conversations of the project that the filter lets through; `null` where only reading very many of them would tell.
   */
  total: number | null
  /**
   * Start of the next page, `null` after the last one. Opaque, safe in a URL. A page ends early where its messages
   * would be over `maxPageBytes`. One that looked for text and for something rare besides may even be empty, and go on:
   * it ends after so many messages were looked at.
   */
  nextCursor: string | null
}

/** What erasing took away. */
export type ErasedCounts = { conversations: number; messages: number; events: number; feedback: number }

/** What is to be erased: a conversation, or everything of a visitor by each of these ids. */
export type Erasable = { conversationId: string } | { visitorIds: readonly string[] }

/** What erasing would take away. `clicks` on links, `feedback` within messages too. */
export type ErasableCounts = ErasedCounts & { clicks: number }

/** An id of a visitor, and the conversations in which it stands. */
export type VisitorId = { id: string; conversations: number }

/** A visitor, as far as conversations tell. */
export type Visitor = {
  /** The id that was asked for, and those that stood beside it or beside one of those, at most `maxVisitorIds`. */
  ids: VisitorId[]
  /** When the first conversation of these ids began, milliseconds since 1970; `null` where there is none. */
  firstSeenMs: number | null
  /** When something last changed in one of them. */
  lastSeenMs: number | null
}

/** Ids of one visitor that are looked for: where many people share a computer, an id leads to others without an end. */
export const maxVisitorIds = 50

/** How long it is remembered what was refused, in milliseconds. */
export const refusalsKeptMs = 3_600_000

/** What forgetting a visitor took away. */
export type ForgottenVisitor = ErasedCounts & {
  /** Other ids that stood beside this one: the same person, or somebody else at the same browser. */
  alsoKnownAs: string[]
}

/** Events and feedback on a conversation and on its messages, the newest 500 of each, oldest first. */
export type Reactions = { events: EventAnswer[]; feedback: FeedbackAnswer[] }

/** Feedback, and the conversation that its message stands in; `null` when that isn't stored. */
export type FoundFeedback = { feedback: FeedbackAnswer; conversationId: string | null }

/** A value, how many conversations have it, and how often it stands in them all together. */
export type FacetCount = { value: string; conversations: number; count: number }

/** Which values of a facet are asked for. */
export type FacetRequest = {
  kind: FacetKind
  filter?: ConversationFilter | undefined
  /** Values given at most, those with the highest `count` first. */
  limit: number
  /** Only values that no conversation of the filter has as this kind: links `shown` and never `clicked`. */
  without?: FacetKind | undefined
}

/**
 * Makes what shall be stored of what is stored now (`null`: nothing yet). It must be pure and quick, as a transaction
 * is open around it. A message that it gives back as the same object isn't written again. Where it throws, the
 * transaction rolls back.
 *
 * Where the store was told which messages an upsert names, it gets and gives those alone. A new one then stands after
 * the one before it in what is given back, and among the stored ones there by its `createdAt`.
 */
export type ConversationMerge = (stored: StoredConversation | null) => StoredConversation

/**
 * What the collector keeps, in an embedded database or a cluster. Every method rejects when the database fails; nothing
 * is acknowledged before it is durable.
 *
 * All of a conversation's rows are found by project id first, so that a cluster can shard by project.
 */
export type Store = {
  /**
   * Reads the conversation, merges and writes it in one transaction that no other writer of this conversation crosses.
   *
   * @param storedAtMs the collector's clock, milliseconds since 1970; what retention counts from
   * @param messageIds messages that are read for the merge; without them all are, whatever that costs
   * @returns what the merge gave
   * @throws MessageIdTakenError when a message's id belongs to another conversation of the project; nothing is written
   * @throws ConversationFullError when the conversation would grow over the contract's bounds; nothing is written
   */
  upsertConversation(
    projectId: string,
    conversationId: string,
    merge: ConversationMerge,
    storedAtMs?: number,
    messageIds?: string[],
  ): Promise<StoredConversation>
  /** The whole conversation, or `null` when the project has none of this id. */
  findConversation(projectId: string, conversationId: string): Promise<StoredConversation | null>
  /** Which of these conversations the project has. */
  findStoredIds(projectId: string, conversationIds: readonly string[]): Promise<string[]>
  /** @throws InvalidCursorError when `cursor` isn't one that this store made */
  listConversations(projectId: string, page: ConversationPageRequest): Promise<ConversationPage>
  /** Conversations of the project by the UTC day of their `createdAt`, oldest first. */
  countConversationsByDay(projectId: string, filter: ConversationFilter): Promise<{ day: string; count: number }[]>
  /**
   * Conversations of the filter by the step of time in which they began, with their messages, oldest first; its text is
   * not looked for. Every zone's days are made of quarters of an hour, and most zones' of hours.
   */
  countBySteps(projectId: string, filter: ConversationFilter, step: Step): Promise<StepCount[]>
  /** The values of a facet over the conversations of a filter. */
  countFacet(projectId: string, request: FacetRequest): Promise<FacetCount[]>
  /** Keeps an event, or replaces the one of its id. */
  putEvent(projectId: string, event: EventAnswer, storedAtMs: number): Promise<void>
  /** Keeps feedback, or replaces the one of its id. */
  putFeedback(projectId: string, feedback: FeedbackAnswer, storedAtMs: number): Promise<void>
  /** Events and feedback on a conversation and its messages. */
  findReactions(projectId: string, conversationId: string): Promise<Reactions>
  /** Feedback by the step of time in which its conversation began, oldest first. */
  countFeedbackBySteps(projectId: string, filter: ConversationFilter, step: Step): Promise<StepFeedback[]>
  /** From a question to the answer after it, in at most `limit` of the filter's newest conversations. */
  listAnswerTimes(projectId: string, filter: ConversationFilter, limit: number): Promise<AnswerTime[]>
  /** Visitors who had the filter's conversations, known by the id in the cookie, or else by the site's. */
  countVisitors(projectId: string, filter: ConversationFilter): Promise<number>
  /**
   * The newest events of the project about searches, at most `limit`. They belong to no conversation: of a filter, its time
   * and its visitor narrow them.
   */
  listSearches(
    projectId: string,
    limit: number,
    filter?: Pick<ConversationFilter, 'fromMs' | 'toMs' | 'visitor'>,
  ): Promise<EventAnswer[]>
  /** The newest feedback of the project, of one type or both, at most `limit`; of a filter's conversations if one is given. */
  listFeedback(
    projectId: string,
    limit: number,
    type?: FeedbackAnswer['type'],
    filter?: ConversationFilter,
  ): Promise<FoundFeedback[]>
  /** Erases a conversation with the events and feedback on it and its messages. `false` when there is none. */
  deleteConversation(projectId: string, conversationId: string): Promise<boolean>
  /**
   * Erases every conversation in which an id of this visitor stands, on itself or on a message, with all its messages,
   * and every event and feedback on those or of the visitor. In PostgreSQL in one transaction, in the embedded store in
   * slices, between which others are answered: broken off, it is to be asked for again. The file keeps nothing of it.
   */
  forgetVisitor(projectId: string, visitorId: string): Promise<ForgottenVisitor>
  /** What erasing would take away now. Nothing is changed. */
  countErasable(projectId: string, what: Erasable): Promise<ErasableCounts>
  /** Who stands behind an id of a visitor. */
  findVisitor(projectId: string, visitorId: string): Promise<Visitor>
  /**
   * Erases what was last written before a time (milliseconds since 1970, the collector's clock): at most `limit`
   * conversations, with the events and feedback on them, and at most as many other events and feedback.
   */
  deleteStoredBefore(projectId: string, beforeMs: number, limit: number): Promise<ErasedCounts>
  /** Projects that have keys, or had them. */
  listProjectIds(): Promise<string[]>
  /** Keeps a new key; its id is taken from now on, also once it is revoked. */
  addKey(key: StoredKey): Promise<void>
  /** Keys are found before the project is known: the id is unique across projects. */
  findKey(keyId: string): Promise<StoredKey | null>
  /** Every key of the project, oldest first, revoked ones too. */
  listKeys(projectId: string): Promise<StoredKey[]>
  /** @returns false when the project has no working key of this id */
  revokeKey(projectId: string, keyId: string, revokedAt: string): Promise<boolean>
  /** Notes that a key was used. */
  touchKey(keyId: string, usedAt: string): Promise<void>
  /** Adds a line to the project's audit log. */
  addAudit(projectId: string, entry: AuditEntry): Promise<void>
  /** @throws InvalidCursorError when `cursor` isn't one that this store made */
  listAudit(projectId: string, page: { limit: number; cursor?: string | undefined }): Promise<AuditPage>
  /** A setting of the project, JSON; `null` where it isn't set. */
  findSetting(projectId: string, name: string): Promise<string | null>
  /** Keeps a setting of the project in place of what it was. */
  putSetting(projectId: string, name: string, json: string): Promise<void>
  /** Keeps a sign-in. */
  addSession(session: StoredSession): Promise<void>
  /** The sign-in of this hash, expired ones too; `null` where there is none. */
  findSession(projectId: string, hash: string): Promise<StoredSession | null>
  /** Ends sign-ins, in every collector. */
  deleteSessions(projectId: string, which: EndedSessions): Promise<void>
  /**
   * Adds what a key has sent on a day to what all collectors have added, and gives the sum. Earlier days are forgotten.
   *
   * @param usage `day`: which one since 1970, UTC
   */
  addUsage(projectId: string, usage: Usage & { keyId: string; day: number }): Promise<Usage>
  /**
   * Keeps what one collector refused of late, for the others, in place of what it had told before. What others told
   * longer ago than an hour is forgotten. In the embedded store, which one collector has, nothing is kept.
   *
   * @param projectId `''` for requests without a known key
   * @param refusals `json` is `null` if nothing of it is left
   */
  putRefusals(projectId: string, refusals: { collectorId: string; json: string | null; atMs: number }): Promise<void>
  /** What the other collectors have told since a time. */
  listRefusals(projectId: string, collectorId: string, sinceMs: number): Promise<string[]>
  /** Tells other collectors on the database of a conversation that is stored now, soon after; none waits for it. */
  tellStored(projectId: string, conversationId: string): Promise<void>
  /**
   * Listens to what other collectors store, and to what anybody erases: this collector, its retention, another one, a
   * command beside it.
   *
   * @param projectIds those that somebody watches, asked each time
   * @returns ends it
   */
  listenStored(
    projectIds: () => Iterable<string>,
    listener: (notice: StoredNotice) => void,
  ): Promise<() => Promise<void>>
  /** Resolves when the database answers. */
  ping(): Promise<void>
  /** Waits for what is under way and closes the database. */
  close(): Promise<void>
}

/** A message's id is already used in another conversation of the project: ids are unique across the project. */
export class MessageIdTakenError extends Error {
  override name = 'MessageIdTakenError'

  constructor(readonly messageId: string) {
    super(`message id ${JSON.stringify(messageId)} belongs to another conversation`)
  }
}

/** A page's `cursor` was not made by this store. */
export class InvalidCursorError extends Error {
  override name = 'InvalidCursorError'

  constructor() {
    super('cursor: not one that this collector made')
  }
}

/** The database can't be had now: it is down, starting, full, or the network to it is. Trying again may help. */
export class StoreUnavailableError extends Error {
  override name = 'StoreUnavailableError'

  constructor(options?: ErrorOptions) {
    super('the database does not answer', options)
  }
}
