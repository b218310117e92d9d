import type { StoredConversation } from '../contract/answer.ts'

/** `web`: public, write-only, from a browser. `api`: secret, reads and writes. */
export type KeyType = 'web' | 'api'

/** A key as it is stored: never the key itself, only what verifies it. */
export type StoredKey = {
  /** Public half of the key, unique; safe to show in lists and logs. */
  id: string
  projectId: string
  type: KeyType
  /** SHA-256 of the whole key, hexadecimal. */
  hash: string
  /** Origins that requests with an `Origin` header may come from; empty allows any. */
  origins: string[]
  /** ISO 8601, UTC. */
  createdAt: string
  /** ISO 8601, UTC; `null` while the key works. A revoked key is kept, so that its holder is told why. */
  revokedAt: string | null
}

/** Where a page of conversations starts. Give `cursor` (stable while new ones arrive) or `offset`, not both. */
export type ConversationPageRequest = {
  /** Conversations in a page, 1 to 100. */
  limit: number
  /** `nextCursor` of the page before. */
  cursor?: string | undefined
  /** Conversations skipped, from the newest. */
  offset?: number | undefined
}

/** One page of a project's conversations. */
export type ConversationPage = {
  /** Newest `createdAt` first; of equal ones the one stored last. */
  conversations: StoredConversation[]
  /** Conversations of the whole project. */
  total: number
  /** Start of the next page, `null` after the last one. Opaque, safe in a URL. */
  nextCursor: string | null
}

/**
 * What is stored now (`null`: nothing yet) -> what shall be stored. Pure and quick: a transaction is open around it. A
 * message given back as the very object that came in, at its old place, is not written again. What it throws rolls back.
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
   * @returns what is stored now, whole
   * @throws MessageIdTakenError when a message's id belongs to another conversation of the project; nothing is written
   */
  upsertConversation(projectId: string, conversationId: string, merge: ConversationMerge): Promise<StoredConversation>
  /** The whole conversation, or `null` when the project has none of this id. */
  findConversation(projectId: string, conversationId: string): Promise<StoredConversation | null>
  /** @throws InvalidCursorError when `cursor` isn't one that this store made */
  listConversations(projectId: string, page: ConversationPageRequest): Promise<ConversationPage>
  /** Keeps a new key; its id is taken from now on, also once it is revoked. */
  addKey(key: StoredKey): Promise<void>
  /** Keys are found before the project is known: the id is unique across projects. */
  findKey(keyId: string): Promise<StoredKey | null>
  /** Every key of the project, oldest first, revoked ones too. */
  listKeys(projectId: string): Promise<StoredKey[]>
  /** @returns false when the project has no working key of this id */
  revokeKey(projectId: string, keyId: string, revokedAt: string): Promise<boolean>
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
