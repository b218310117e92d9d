import { maxClockAheadMs } from '../../contract/limits.ts'
import type { ConversationInput } from '../chatlog.ts'
import type { Conversation } from '../conversation/conversation.ts'
import type { ConversationHeader } from '../conversation/rows.ts'
import { hashOf, isDiscarded, noteActivity } from '../conversation/transcript.ts'
import { parseJson, toJson } from '../json.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { ConversationStore } from '../store/conversation-store.ts'
import type { Memo, TabPointer } from './memo.ts'
import { describedHeader, newHeader } from './new-header.ts'
import type { Visitor } from './visitor.ts'

/** Which conversation a message belongs to. A tab has one of its own, which survives its navigations. */
export interface CurrentConversation {
  /** The tab's, also when it is over. */
  last(): Conversation | null
  /** Id of the tab's, where this page has opened it. */
  openId(): string | undefined
  /** The tab's, if there is one that isn't over. */
  get(): Conversation | null
  /** The tab's; a new one where there is none or it is over. */
  forRecording(): Conversation
  /** Starts one, or finds the one that the site named, and makes it the tab's. */
  start(input: ConversationInput): Conversation
  /** The visitor has removed it; without an id the tab's. */
  discard(id?: string): void
  /** Makes a stored one the tab's: the widget shows it. */
  goOn(conversation: Conversation): Conversation
  /** The one with this id: the site's, or one that `start` gave. Opens a named one; `null` for the tab's. */
  byId(id: string): Conversation
  /** This visitor has recorded into it on this page, or it is the tab's. */
  isOwn(conversation: Conversation): boolean
  /** @param activeAt when a message was last recorded, milliseconds since 1970 */
  isOver(activeAt: number): boolean
  /** When a message was last recorded, milliseconds since 1970, though the clock may have jumped back since. */
  activeAt(conversation: Conversation): number
  /** The next message starts a new one; the site's own ids lead to new ones too. */
  end(): void
  /** The same in this tab alone: somebody else uses the browser now. */
  forget(): void
  /** Remembers the tab's conversation over its next navigation. */
  writePointer(): void
  /** For one whose stored header is gone. Somebody else's may be nobody's now, but not this visitor's. */
  headerFor(conversation: Conversation): ConversationHeader
}

interface CurrentConversationParts {
  options: ResolvedOptions
  platform: Platform
  visitor: Visitor
  memo: Memo
  store: ConversationStore
}

export function openCurrentConversation(parts: CurrentConversationParts): CurrentConversation {
  const { options, platform, visitor, memo, store } = parts
  const { now, elapsedMs, sessionText } = platform
  const { storeName } = options
  const names = createNames(parts)
  let current: Conversation | null = null
  /** Those that this visitor has recorded into on this page. */
  let own = new WeakSet<Conversation>()
  /** The tab's was active then, as the page before has written down. */
  let pointedAt = 0

  const isOver = (activeAt: number) => {
    const aheadMs = activeAt - now()
    // Ahead, as the clock was set back since. By hours: as if it had been when this page opened. Further: long ago.
    const idleMs = aheadMs > 0 && aheadMs < maxClockAheadMs ? elapsedMs() : Math.abs(aheadMs)
    return activeAt > 0 && idleMs >= options.idleMinutes * 60_000
  }

  const activeAt = (conversation: Conversation) => {
    const { activeAt: newest, savedAt } = conversation
    if (newest <= now()) return newest
    if (savedAt !== null) return now() - elapsedMs() + savedAt
    return (conversation === current && pointedAt) || newest
  }

  const owned = (conversation: Conversation): Conversation => {
    own.add(conversation)
    return conversation
  }

  const named = (name: string): Conversation => owned(names.open(name))

  const readPointer = () => parseJson(sessionText.get(storeName)) as TabPointer | null | undefined

  const writePointer = () => {
    if (!current || isDiscarded(current)) return
    const pointer: TabPointer = { id: current.id, order: activeAt(current), owner: visitor.owner() }
    sessionText.set(storeName, toJson(pointer) as string)
  }

  const begin = (conversation: Conversation): Conversation => {
    current = owned(conversation)
    writePointer()
    return conversation
  }

  const last = () => {
    visitor.follow()
    const pointer = current ? null : readPointer()
    if (pointer?.id) {
      visitor.id() // renews the cookie, or fills it again
      if (pointer.owner !== visitor.owner()) return null
      current = owned(store.open(pointer.id, null, true))
      pointedAt = pointer.order
      noteActivity(current, pointedAt)
    }
    return current
  }

  const get = () => {
    // What is over isn't opened for this: the next start may delete it.
    const conversation = current || !isOver(readPointer()?.order ?? 0) ? last() : null
    const isOpen = conversation && !conversation.log.purged && !isDiscarded(conversation)
    return isOpen && !isOver(activeAt(conversation)) ? conversation : null
  }

  const startNew = () => begin(store.open(platform.createId(), newHeader(parts, null), false))

  const forget = () => {
    current = null
    names.forget()
    own = new WeakSet()
    sessionText.remove(storeName)
  }

  const byId = (id: string) =>
    store.all().find((known) => own.has(known) && (known.id === id || known.id + known.suffix === id)) ?? named(id)

  return {
    last,
    openId: () => current?.id,
    get,
    forRecording: () => get() ?? startNew(),
    start(input) {
      // As it is now: a getter that throws later would throw where nobody catches it.
      const told = parseJson(toJson(input)) as ConversationInput
      const conversation = told.id ? begin(named(told.id)) : startNew()
      store.whenLoaded(conversation, () => describe(store, conversation, told, now()))
      return conversation
    },
    discard(id) {
      const conversation = id === undefined ? last() : byId(id)
      if (conversation === current) sessionText.remove(storeName)
      if (conversation) store.discard(conversation)
    },
    goOn: begin,
    byId,
    isOwn: (conversation) => own.has(conversation),
    isOver,
    activeAt,
    end() {
      forget()
      memo.write({ secret: platform.createId() })
    },
    forget,
    writePointer,
    headerFor(conversation) {
      const header = newHeader(parts, conversation.header.externalId)
      if (own.has(conversation)) return header
      const id = platform.createId()
      const userProperties = { id, identificationType: 'ANONYMOUS' }
      return { ...header, userProperties, chatlog: { ...header.chatlog, visitorId: id } }
    },
  }
}

/**
 * The secret of this origin's named conversations where none is remembered. Where localStorage is full or was cleared, the
 * next page must find the same one: from the visitor's id, and from what tells this store from those of other subdomains,
 * which share the visitor and would overwrite each other.
 */
export const secretOf = (
  { page }: Pick<Platform, 'page'>,
  { storeName }: Pick<ResolvedOptions, 'storeName'>,
  visitorId: string,
): string => `${visitorId}${hashOf(page().origin + storeName)}`

/** The site's own id always leads to the same conversation on this origin, in every tab; nobody else can guess it. */
function createNames(parts: CurrentConversationParts) {
  const { options, platform, visitor, memo, store } = parts
  let secret: string | undefined

  return {
    open(name: string): Conversation {
      const externalId = String(name) // sites give numbers too
      secret ??= memo.read().secret ?? secretOf(platform, options, visitor.id())
      memo.write({ secret })
      // The oldest possible version: a stored header wins.
      return store.open(`${secret}.${externalId}`, { ...newHeader(parts, externalId), updatedAt: 1 }, true)
    },
    forget() {
      secret = undefined
    },
  }
}

/** What the site says of the conversation is added to what it said before. */
function describe(store: ConversationStore, conversation: Conversation, input: ConversationInput, now: number): void {
  const { header } = conversation
  const described = describedHeader(header, input)
  if (isDiscarded(conversation) || toJson(described) === toJson(header)) return
  store.saveHeader(conversation, { ...described, updatedAt: Math.max(now, header.updatedAt + 1) })
}
