import type { ConversationInput } from '../chatlog.ts'
import type { Conversation } from '../conversation/conversation.ts'
import type { ConversationHeader } from '../conversation/rows.ts'
import { hashOf, isDiscarded, noteActivity } from '../conversation/transcript.ts'
import { parseJson, toJson } from '../json.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { ConversationStore } from '../store/conversation-store.ts'
import { type Activity, createActivity } from './activity.ts'
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
  /** A header for a conversation whose stored header is gone. */
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
  const { options, platform, memo, store } = parts
  const activity = createActivity(options, platform)
  const own = createOwn(parts)
  const tab = openTabConversation(parts, activity, own)

  const get = () => {
    // What is over isn't opened for this: the next start may delete it.
    const conversation = activity.isOver(tab.pointedAt()) ? null : tab.last()
    const isOpen = conversation && !conversation.log.purged && !isDiscarded(conversation)
    return isOpen && !activity.isOver(tab.activeAt(conversation)) ? conversation : null
  }

  const startNew = () => tab.goOn(store.open(platform.createId(), newHeader(parts, null), false))

  return {
    ...tab,
    get,
    forRecording: () => get() ?? startNew(),
    start(input) {
      // As it is now: a getter that throws later would throw where nobody catches it.
      const told = parseJson(toJson(input)) as ConversationInput
      const conversation = told.id ? tab.goOn(own.named(told.id)) : startNew()
      store.whenLoaded(conversation, () => describe(store, conversation, told, platform.now()))
      return conversation
    },
    discard(id) {
      const conversation = id === undefined ? tab.last() : own.byId(id)
      if (conversation?.id === tab.openId()) tab.removePointer()
      if (conversation) store.discard(conversation)
    },
    byId: own.byId,
    isOwn: own.has,
    isOver: activity.isOver,
    end() {
      tab.forget()
      memo.write({ secret: platform.createId() })
    },
    headerFor: (conversation) => headerWithout(parts, conversation, own.has(conversation)),
  }
}

/** The tab's conversation, which sessionStorage points at over its navigations. */
function openTabConversation(
  { options: { storeName }, platform: { sessionText }, visitor, store }: CurrentConversationParts,
  activity: Activity,
  own: Own,
) {
  let current: Conversation | null = null
  /** The tab's was active then, as the page before has written down. */
  let pointedAt = 0

  const activeAt = (conversation: Conversation) =>
    activity.activeAt(conversation, conversation === current ? pointedAt : 0)

  const readPointer = () => readPointerOf({ sessionText }, storeName)

  const writePointer = () => {
    if (!current || isDiscarded(current)) return
    const pointer: TabPointer = { id: current.id, order: activeAt(current), owner: visitor.owner() }
    sessionText.set(storeName, toJson(pointer) as string)
  }

  const removePointer = () => sessionText.remove(storeName)

  return {
    /** What the tab's was active at, as the pointer says, where this page hasn't opened it; else 0. */
    pointedAt: () => (current ? 0 : (readPointer()?.order ?? 0)),
    openId: () => current?.id,
    activeAt,
    writePointer,
    removePointer,
    goOn(conversation: Conversation) {
      current = own.add(conversation)
      writePointer()
      return conversation
    },
    last() {
      visitor.follow()
      const pointer = current ? null : readPointer()
      if (pointer?.id) {
        visitor.id() // renews the cookie, or fills it again
        if (pointer.owner !== visitor.owner()) return null
        current = own.add(store.open(pointer.id, null, true))
        pointedAt = pointer.order
        noteActivity(current, pointedAt)
      }
      return current
    },
    forget() {
      current = null
      own.forget()
      removePointer()
    },
  }
}

/** A header for one whose stored header is gone: this visitor's, or nobody's, since it may be somebody else's. */
function headerWithout(parts: CurrentConversationParts, { header }: Conversation, isOwn: boolean): ConversationHeader {
  const made = newHeader(parts, header.externalId)
  if (isOwn) return made
  const id = parts.platform.createId()
  const userProperties = { id, identificationType: 'ANONYMOUS' }
  return { ...made, userProperties, chatlog: { ...made.chatlog, visitorId: id } }
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

const readPointerOf = ({ sessionText }: Pick<Platform, 'sessionText'>, storeName: string) =>
  parseJson(sessionText.get(storeName)) as TabPointer | null | undefined

type Own = ReturnType<typeof createOwn>

/** The conversations of this visitor on this page, and those that the site has named. */
function createOwn(parts: CurrentConversationParts) {
  const { options, platform, visitor, memo, store } = parts
  let secret: string | undefined
  let known = new WeakSet<Conversation>()

  const has = (conversation: Conversation) => known.has(conversation)

  const add = (conversation: Conversation): Conversation => {
    known.add(conversation)
    return conversation
  }

  /** Where neither cookie nor localStorage keeps anything: what the tab points to begins with its secret. */
  const pointedSecret = () => {
    if (options.cookies) return
    visitor.id() // whose owner is asked for next
    const { id = '', owner } = readPointerOf(platform, options.storeName) ?? {}
    return owner === visitor.owner() ? /^[^.]+(?=\.)/.exec(id)?.[0] : undefined
  }

  /** The site's own id always leads to the same conversation on this origin, in every tab; nobody else can guess it. */
  const named = (name: string): Conversation => {
    const externalId = String(name) // sites give numbers too
    secret ??= memo.read().secret ?? pointedSecret() ?? secretOf(platform, options, visitor.id())
    memo.write({ secret })
    // The oldest possible version: a stored header wins.
    return add(store.open(`${secret}.${externalId}`, { ...newHeader(parts, externalId), updatedAt: 1 }, true))
  }

  return {
    has,
    add,
    named,
    byId: (id: string) =>
      store.all().find((one) => has(one) && (one.id === id || one.id + one.suffix === id)) ?? named(id),
    forget() {
      secret = undefined
      known = new WeakSet()
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
