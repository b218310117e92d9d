import type { ConversationInput } from '../chatlog.ts'
import type { Conversation } from '../conversation/conversation.ts'
import type { ConversationHeader } from '../conversation/rows.ts'
import { hashOf, isDiscarded, isShared, noteActivity } from '../conversation/transcript.ts'
import { parseJson, toJson } from '../json.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { ConversationStore } from '../store/conversation-store.ts'
import { type Activity, createActivity } from './activity.ts'
import type { Memo, TabPointer } from './memo.ts'
import { describedHeader, newHeader } from './new-header.ts'
import type { Visitor } from './visitor.ts'

/** Tells which conversation a message belongs to. A tab has one of its own, which survives its navigations. */
export interface CurrentConversation {
  /** The tab's conversation, also when it is over; `null` where it has none. */
  last(): Conversation | null
  /** Id of the tab's conversation, where this page has opened it. */
  openId(): string | undefined
  /** The tab's conversation; `null` where it has none, or that is over, purged or removed. */
  get(): Conversation | null
  /** The tab's conversation, a new one where `get` gives `null`. */
  forRecording(): Conversation
  /** Starts a conversation, or finds the one that the site named, and makes it the tab's. */
  start(input: ConversationInput): Conversation
  /** The visitor removes the conversation with this id; without one, the tab's. */
  discard(id?: string): void
  /** Makes a stored conversation the tab's, as the widget shows it. */
  goOn(conversation: Conversation): Conversation
  /** The conversation with this id: the site's own, or what `start` gave. Opens it where it isn't open. */
  byId(id: string): Conversation
  /** Whether this visitor has used the conversation on this page: as the tab's, or by its name. */
  isOwn(conversation: Conversation): boolean
  /** @param activeAt when a message was last recorded, milliseconds since 1970 */
  isOver(activeAt: number): boolean
  /** When a message was last recorded, milliseconds since 1970, corrected where the clock has jumped back since. */
  activeAt(conversation: Conversation): number
  /** The next message starts a new conversation, and from now on the site's own ids lead to new ones, on every page. */
  startAfresh(): void
  /** Somebody else uses the browser now: forgets the tab's conversation, and which ones this visitor has used. */
  forgetTab(): void
  /** Writes down the tab's conversation for the page that follows in this tab. */
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
    // A conversation that is over isn't opened to look: once open as the tab's, it wouldn't be deleted.
    const conversation = activity.isOver(tab.pointedAt()) ? null : tab.last()
    const isOpen = conversation && !conversation.logPosition.purged && !isDiscarded(conversation)
    return isOpen && !activity.isOver(tab.activeAt(conversation)) ? conversation : null
  }

  const startNew = () => tab.goOn(store.open(platform.createId(), newHeader(parts, null), false))

  return {
    ...tab,
    get,
    forRecording: () => get() ?? startNew(),
    start(input) {
      // A copy of now: a getter that throws once the stored rows are read would throw where nobody catches it.
      const told = parseJson(toJson(input)) as ConversationInput
      const { id, shared } = told
      const isGuessable = shared && isGuessableId(id)
      const conversation = id ? tab.goOn(own.named(id, shared && !isGuessable)) : startNew()
      store.whenLoaded(conversation, () => describe(store, conversation, told, platform.now()))
      if (isGuessable) throw new TypeError(guessable(id))
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
    startAfresh() {
      tab.forgetTab()
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
  /** When the tab's conversation was last active, as the page before has written down. */
  let pointedAt = 0

  const activeAt = (conversation: Conversation) =>
    activity.activeAt(conversation, conversation === current ? pointedAt : 0)

  const readPointer = () => readPointerOf({ sessionText }, storeName)

  const writePointer = () => {
    if (!current || isDiscarded(current)) return
    const { id } = current
    const shared = isShared(current) || undefined
    const pointer: TabPointer = { id, order: activeAt(current), owner: visitor.owner(), shared }
    sessionText.set(storeName, toJson(pointer) as string)
  }

  const removePointer = () => sessionText.remove(storeName)

  return {
    /**
     * When the tab's conversation was last active, as its pointer says; 0 without one, or where this page has opened
     * it.
     */
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
        visitor.id() // renews or refills the cookie, which `owner` reads
        if (pointer.owner !== visitor.owner()) return null
        current = pointer.shared ? own.named(pointer.id, true) : own.add(store.open(pointer.id, null, true))
        pointedAt = pointer.order
        noteActivity(current, pointedAt)
      }
      return current
    },
    forgetTab() {
      current = null
      own.forget()
      removePointer()
    },
  }
}

/**
 * A header in the place of a stored one that is gone: this visitor's; an anonymous one where it may be somebody else's.
 */
function headerWithout(parts: CurrentConversationParts, { header }: Conversation, isOwn: boolean): ConversationHeader {
  const made = newHeader(parts, header.externalId)
  if (isOwn) return made
  const id = parts.platform.createId()
  const userProperties = { id, identificationType: 'ANONYMOUS' }
  return { ...made, userProperties, chatlog: { ...made.chatlog, visitorId: id } }
}

/**
 * The secret of this origin's named conversations, where none is remembered. It is made from the visitor's id, so that
 * the next page finds the same one where localStorage is full or was cleared; and from origin and store name, as
 * subdomains share the visitor and would overwrite each other's conversations.
 */
export const secretOf = (
  { page }: Pick<Platform, 'page'>,
  { storeName }: Pick<ResolvedOptions, 'storeName'>,
  visitorId: string,
): string => `${visitorId}${hashOf(page().origin + storeName)}`

/** Whether somebody could guess the id of another's conversation: whoever knows it can write there. */
export const isGuessableId = (id: unknown): boolean =>
  /^(.{0,15}|\d*)$/.test(String(id ?? '')) || new Set(String(id)).size < 6

const guessable = (id: unknown): string =>
  `\`shared\` needs a random \`id\` of at least 16 characters, for instance a UUID: \`${id}\` stays a conversation of this browser alone`

const readPointerOf = ({ sessionText }: Pick<Platform, 'sessionText'>, storeName: string) =>
  parseJson(sessionText.get(storeName)) as TabPointer | null | undefined

type Own = ReturnType<typeof createOwn>

/** Keeps which conversations this visitor has used on this page, and finds those that the site names. */
function createOwn(parts: CurrentConversationParts) {
  const { options, platform, visitor, memo, store } = parts
  let secret: string | undefined
  let known = new WeakSet<Conversation>()
  /** Those that the site says go on on other devices. */
  const sharedNames = new Set<string>()

  const has = (conversation: Conversation) => known.has(conversation)

  const add = (conversation: Conversation): Conversation => {
    known.add(conversation)
    return conversation
  }

  /** Where neither cookie nor localStorage keeps anything: what the tab points to begins with its secret. */
  const pointedSecret = () => {
    if (options.cookies) return
    visitor.id() // whose owner is asked for next
    const { id = '', owner, shared } = readPointerOf(platform, options.storeName) ?? {}
    return owner === visitor.owner() && !shared ? /^[^.]+(?=\.)/.exec(id)?.[0] : undefined
  }

  /** The site's own id always leads to the same conversation on this origin, in every tab; nobody else can guess it. */
  const named = (name: string, shared = sharedNames.has(String(name))): Conversation => {
    const externalId = String(name) // sites give numbers too
    if (shared) {
      sharedNames.add(externalId)
      const header = newHeader(parts, externalId)
      return add(
        store.open(externalId, { ...header, updatedAt: 1, chatlog: { ...header.chatlog, shared: true } }, true),
      )
    }
    secret ??= memo.read().secret ?? pointedSecret() ?? secretOf(platform, options, visitor.id())
    memo.write({ secret })
    // The header gets the oldest possible version, so that a stored one wins over it.
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
      sharedNames.clear()
    },
  }
}

/** Adds what the site says of the conversation to what it said before. */
function describe(store: ConversationStore, conversation: Conversation, input: ConversationInput, now: number): void {
  const { header } = conversation
  const described = describedHeader(header, input)
  if (isDiscarded(conversation) || toJson(described) === toJson(header)) return
  store.saveHeader(conversation, { ...described, updatedAt: Math.max(now, header.updatedAt + 1) })
}
