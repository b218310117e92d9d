import type { ConversationInput } from '../script/chatlog.ts'
import { parseJson, toJson } from '../script/json.ts'
import { lastOf } from '../script/lists.ts'
import type { ResolvedOptions } from '../script/options.ts'
import { createVisitorCookie } from '../script/who/cookie.ts'
import { isGuessableId, secretOf } from '../script/who/current-conversation.ts'
import { type Memo, openMemo, type TabPointer } from '../script/who/memo.ts'
import { describedHeader, newHeader } from '../script/who/new-header.ts'
import { userIdOf } from '../script/who/signed-in-user.ts'
import { withoutRecording } from '../script/without-recording.ts'
import { type GapPages, openGapPages } from './gap-pages.ts'
import type { GapCall, GapConversation, GapPage, HandOver } from './hand-over.ts'
import type { LazyPage } from './lazy-page.ts'
import { minimalBody } from './minimal-body.ts'
import { createParting } from './parting.ts'

/** Records what the page says before the core runs. */
export interface Gap {
  /** Whether the core has work: calls wait, or an earlier page may have left something. */
  hasWork(): boolean
  /** Takes a call. Where the visitor has consented, writes it down and arms a body for the page's end. */
  add(call: GapCall): void
  /** The visitor has consented: writes down the calls that were taken before. */
  grant(): void
  /** How many calls wait. */
  size(): number
  /** Id on the wire of the conversation that waits; `null` where none does. */
  conversationId(): string | null
  /**
   * Starts a conversation, with an id that the core keeps.
   *
   * @returns its id; `isDone`: it is started, and the core needn't make the call
   */
  startConversation(input: ConversationInput): { id: string; isDone: boolean }
  /** Somebody logs out, at that time in milliseconds since 1970: the next visitor gets another id. */
  logOut(at: number): void
  /** What the core takes over. */
  handOver(): HandOver
  /** The page goes: sends what this file can send without the core. */
  leave(): void
  /** The visitor refuses: deletes everything that this page or an earlier one has stored. */
  erase(): void
}

interface GapParts {
  options: ResolvedOptions
  page: LazyPage
  /** Whether the visitor has consented: nothing is stored or sent before. */
  isGranted(): boolean
}

export function openGap({ options, page, isGranted }: GapParts): Gap {
  const unrecorded = withoutRecording(options, page)
  const pages = openGapPages(page, options.storeName)
  const record = openPageRecord({ options, page, isGranted }, pages)
  const { parts } = record

  return {
    hasWork: () => record.page().calls.length > 0 || pages.hasLeft(),
    add: record.add,
    grant() {
      // The page before this one in the tab ended without the core: this page goes on with its record.
      const before = pages.takeBefore(options.idleMinutes * 60_000, () => ownerOf(parts))
      if (before) record.goOnFrom(before)
      record.keep()
    },
    size: () => record.page().calls.length,
    conversationId: () => record.page().conversation?.id ?? null,
    startConversation(input) {
      if (isGranted() && !input.id && isUnsaid(record.page())) {
        return { id: record.start(input), isDone: true }
      }
      // The core finds the same conversation again only by a name, so one without gets one.
      input.id ??= page.createId()
      return { id: isGranted() ? namedId(parts, input) : input.id, isDone: false }
    },
    logOut(at) {
      unrecorded.logOut(at)
      record.page().owner = undefined
      if (!isGranted()) record.dropCalls() // whoever answers the banner does so for themselves
    },
    handOver() {
      const earlier = pages.earlier()
      return {
        earlier: earlier.pages,
        page: record.page(),
        done() {
          earlier.remove()
          record.forget()
        },
      }
    },
    leave: record.leave,
    erase() {
      pages.removeAll()
      record.forget()
      unrecorded.erase()
    },
  }
}

/** Whether the page has at most said who is signed in: nobody has chatted, and nothing is worth keeping. */
const isUnsaid = ({ calls }: GapPage): boolean => calls.every(([name]) => name === 'identify')

/** What this very page has recorded, its copy in localStorage, and the body that is armed for its end. */
function openPageRecord({ options, page, isGranted }: GapParts, pages: GapPages) {
  const parts = { options, page, memo: openMemo(page.localText, options.storeName) }
  const parting = createParting(options, page)
  const newPage = (): GapPage => ({ openedAt: page.now(), at: 0, conversation: null, calls: [] })
  // Only the core edits and redacts: where it must, this file neither stores nor sends what was said.
  const keepsText = () => isGranted() && !options.beforeStore && options.privacy === 'full'
  let own = newPage()
  let isAway = false

  const body = () => (keepsText() && own.conversation ? minimalBody(own.conversation, own.calls, own.at) : null)

  const begin = () => {
    const { madeVisitorId, ...conversation } = beginConversation(parts, own.calls)
    own.madeVisitorId ??= madeVisitorId
    return conversation
  }

  const keep = () => {
    if (!isGranted() || isUnsaid(own)) return
    own.at = page.now()
    if (own.calls.some(([name]) => /^trackM/.test(name))) own.conversation ??= earlierConversation(parts) ?? begin()
    own.owner ??= ownerOf(parts)
    if (keepsText()) pages.write(own)
    parting.arm(body())
  }

  /** The page was left, and is back out of the back/forward cache. */
  const comeBack = () => {
    const { conversation } = own
    // Another tab may have taken its calls over: the conversation goes on in the store.
    if (pages.isTaken()) own = { ...newPage(), conversation: conversation && { ...conversation, header: null } }
    isAway = false
  }

  return {
    parts,
    page: () => own,
    keep,
    add(call: GapCall) {
      if (isAway) comeBack()
      if (replaces(own.calls, call)) own.calls.pop()
      if (!lengthens(lastOf(own.calls), call)) own.calls.push(call)
      keep()
    },
    goOnFrom(before: GapPage) {
      own = { ...before, calls: [...before.calls, ...own.calls], left: true, madeVisitorId: undefined }
    },
    /** Starts a conversation that the site describes and doesn't name. @returns its id */
    start(input: ConversationInput) {
      const { id, header } = begin()
      own.conversation = { id, header: describedHeader(header, input) }
      return id
    },
    dropCalls() {
      own.calls = []
    },
    forget() {
      parting.disarm()
      pages.remove()
      own = newPage()
    },
    leave() {
      own.left = isAway = true
      if (own.conversation && keepsText()) pages.write({ ...own, gone: true })
      parting.leave(body())
    },
  }
}

/**
 * The conversation that the tab has from an earlier page, which the core reads from the store; `null` for none, and for
 * another visitor's.
 */
function earlierConversation(parts: BeginningParts): GapConversation | null {
  const { page, options } = parts
  const pointer = parseJson(page.sessionText.get(options.storeName)) as TabPointer | undefined
  return pointer?.id && pointer.owner === ownerOf(parts) ? { id: pointer.id, header: null } : null
}

/** Who uses the tab, as `Visitor.owner` puts it. */
const ownerOf = (parts: BeginningParts) => `${parts.memo.read().resetAt ?? ''} ${openVisitorId(parts).id ?? ''}`

/** The id that the core gives a conversation which the site names. */
function namedId(parts: BeginningParts, { id, shared }: ConversationInput): string {
  if (shared && !isGuessableId(id)) return `${id}`
  const { options, page, memo } = parts
  const secret = memo.read().secret ?? secretOf(page, options, openVisitorId(parts).id ?? page.createId())
  memo.write({ secret })
  return `${secret}.${id}`
}

interface BeginningParts {
  options: ResolvedOptions
  page: LazyPage
  memo: Memo
}

/** The visitor's cookie, which is written where there is none; its id is `null` where there may be none. */
const openVisitorId = ({ options, page, memo }: BeginningParts) =>
  options.cookies ? createVisitorCookie(options, page, memo).open() : { id: null, isNew: false }

/** A conversation that begins on this page, with the visitor as the page has named them so far. */
function beginConversation(parts: BeginningParts, calls: readonly GapCall[]) {
  const { options, page } = parts
  const { id: visitorId, isNew } = openVisitorId(parts)
  const id = visitorId ?? page.createId()
  const user = lastUser(calls, userIdOf(options.userId))
  const { userId, ...traits } = user ?? { userId: id }
  const identificationType = user ? 'ID_PROVIDED' : visitorId ? 'COOKIED' : 'ANONYMOUS'
  const visitor = { id: () => id, userProperties: () => ({ ...traits, id: userId, identificationType }) }
  const header = newHeader({ options, platform: page, visitor }, null)
  return { id: page.createId(), header, madeVisitorId: isNew ? id : undefined }
}

/** The last user that the page has named. */
const lastUser = (calls: readonly GapCall[], userId: string | undefined) =>
  calls.reduce<{ userId: string } | null>(
    (user, [name, , given]) => (name === 'identify' ? (given as { userId: string }) : name === 'reset' ? null : user),
    userId ? { userId } : null,
  )

/** Adds a piece of an answer to the piece before it: an answer may have thousands. @returns whether it has done so */
function lengthens(before: GapCall | undefined, [name, , id, piece]: GapCall): boolean {
  if (before?.[0] !== 'appendToMessage' || name !== before[0] || id !== before[2]) return false
  if (typeof before[3] !== 'string' || typeof piece !== 'string') return false
  before[3] += piece
  return true
}

/**
 * Whether a call makes the one before it needless. A widget hands its whole transcript over at each render: the newer
 * list takes the place of the older where it holds all of its messages, and only the last of them has changed. The first
 * one of a shared conversation is its history: it stays apart from what comes then.
 */
function replaces(calls: readonly GapCall[], [name, , list, where]: GapCall): boolean {
  const before = lastOf(calls)
  if (before?.[0] !== 'trackMessages' || name !== before[0] || toJson(where) !== toJson(before[3])) return false
  const [was, is] = [before[2], list].map((one) => (Array.isArray(one) ? one : [])) as [unknown[], unknown[]]
  const last = was.length - 1
  const isShared = calls.some(([name, , given]) => name === 'startConversation' && (given as ConversationInput).shared)
  return (
    (isShared ? is.length === was.length : is.length > last) &&
    was.every((message, at) =>
      at < last
        ? toJson(message) === toJson(is[at])
        : (message as { id?: unknown })?.id === (is[at] as { id?: unknown })?.id,
    )
  )
}
