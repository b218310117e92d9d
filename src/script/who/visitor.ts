import type { IdentificationType } from '../chatlog.ts'
import { createHappening } from '../happening.ts'
import { parseJson, toJson } from '../json.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import { createVisitorCookie, type VisitorCookie } from './cookie.ts'
import type { Memo } from './memo.ts'
import type { SignedInUser } from './signed-in-user.ts'

/** How long another tab may have been as quick as this one, in milliseconds; later, another id is another visitor's. */
export const raceMs = 3_000

/** Who is chatting. */
export interface Visitor {
  /** The visitor's id: the cookie's, or this page's own where no cookie is possible or wanted. Makes one if need be. */
  id(): string
  /** The same, but `null` where there is none yet. */
  knownId(): string | null
  identificationType(): IdentificationType
  /** What goes with a conversation that is recorded now. */
  userProperties(): Record<string, unknown>
  /** Names the visitor. A user id never goes into the cookie: after a logout the next visitor would inherit it. */
  identify(userId: string, traits: Record<string, unknown>): void
  /** Whose the tab's conversation is: it is gone on with only while this stays the same. */
  owner(): string
  /** The last logout in this browser, milliseconds since 1970; 0 for none, and where the clock was ahead then. */
  resetAt(): number
  /**
   * Looks whether somebody else uses the browser now, and forgets the one before: another tab was reset, or, where the
   * cookie is looked at too, another subdomain gave it another id.
   */
  follow(looksAtCookie?: boolean): void
  /** Somebody logged out in another tab, at that time (milliseconds since 1970): whoever uses this one is another. */
  leave(at: number): void
  /**
   * Two tabs that open at once on the first visit each make an id, and the cookie keeps the later one.
   *
   * @returns the id that this page made and the cookie no longer has, once
   */
  takeLostId(): string | null
  /** A logout at that time: forgets the user and gives the next visitor another id, on every page of the site. */
  reset(at: number): void
  /** Forgets user and id, and deletes the cookie. */
  wipe(): void
  /** What ran on this page before the recording has just made that id for the cookie. */
  noteMade(id: string): void
  /** This page made an id: another tab may be making one at the same time. */
  onMade(listener: () => void): () => void
  /** Somebody else uses the browser now. */
  onLeft(listener: () => void): () => void
}

export interface VisitorParts {
  options: ResolvedOptions
  platform: Platform
  memo: Memo
  user: SignedInUser
  /** When the page was, milliseconds since 1970: who has logged out since is not who uses it. */
  openedAt: number
}

/** Reads the visitor's cookie; writes one at the first `id()`. */
export function openVisitor(parts: VisitorParts): Visitor {
  const { options, platform, memo, user } = parts
  const cookie = createVisitorCookie(options, platform, memo)
  const made = createHappening()
  const left = createHappening()
  const ownId = createOwnId(parts, cookie, made.tell)
  const changes = createVisitorChanges(parts, cookie, ownId, left.tell)

  const visitor: Visitor = {
    id() {
      changes.follow()
      return ownId.open()
    },
    knownId: ownId.known,
    identificationType() {
      changes.follow()
      if (user.get()) return 'ID_PROVIDED'
      return options.cookies && !ownId.isAnonymous() ? 'COOKIED' : 'ANONYMOUS'
    },
    userProperties() {
      const id = visitor.id()
      const identificationType = visitor.identificationType()
      const { userId = id, traits } = user.get() ?? {}
      return { ...traits, id: userId, identificationType }
    },
    owner: () => `${changes.resetAt() ?? ''} ${ownId.isAnonymous() ? '' : ownId.cookieId()}`,
    resetAt: () => believable(memo.read().resetAt, platform.now()),
    follow: changes.follow,
    leave: changes.leave,
    identify(userId, traits) {
      changes.follow()
      const plain = parseJson(toJson(traits)) as Record<string, unknown>
      // The contract wants text here; anything else would have every upsert refused.
      for (const name of ['userType', 'supportAgentName']) if (plain[name] != null) plain[name] = String(plain[name])
      user.set({ userId, traits: plain })
    },
    takeLostId() {
      changes.follow()
      return ownId.takeLost()
    },
    reset: changes.reset,
    wipe() {
      ownId.wipe()
      changes.forget()
      cookie.remove()
    },
    noteMade: ownId.noteMade,
    onMade: made.on,
    onLeft: left.on,
  }
  return visitor
}

/** The visitor's id as this page knows it. */
function createOwnId({ options, platform }: VisitorParts, cookie: VisitorCookie, onMade: () => void) {
  const { elapsedMs } = platform
  let anonymousId: string | null = null
  let made: { id: string; at: number } | null = null
  let cookieId: string | undefined
  /** What the store still waits for may ask for an id: no cookie any more. */
  let wiped = false

  const isRacing = () => made && elapsedMs() - made.at < raceMs

  const noteMade = (id: string) => {
    made = { id, at: elapsedMs() }
    onMade()
  }

  return {
    open(): string {
      if (anonymousId) return anonymousId
      const { id, isNew } = options.cookies && !wiped ? cookie.open() : { id: null, isNew: false }
      if (id) cookieId = id
      else anonymousId = platform.createId()
      if (id && isNew) noteMade(id)
      return id ?? (anonymousId as string)
    },
    noteMade,
    known: () => anonymousId ?? ((options.cookies && cookie.read()) || null),
    isAnonymous: () => anonymousId !== null,
    cookieId: () => cookieId,
    /** The cookie holds another id, and no other tab can have been as quick as this one. */
    isOverwritten: () => {
      const id = cookieId && cookie.read()
      return !!id && id !== cookieId && !isRacing()
    },
    takeLost(): string | null {
      const id = isRacing() && cookie.read()
      if (!id || id === made?.id) return null
      const lost = made?.id ?? null
      made = null
      cookieId = id
      return lost
    },
    forget() {
      made = anonymousId = null
    },
    replaced(id: string | undefined) {
      cookieId = id
    },
    wipe() {
      wiped = true
    },
  }
}

/** Logouts, here and elsewhere: whoever uses the browser then is another. */
function createVisitorChanges(
  { memo, user, openedAt, platform }: VisitorParts,
  cookie: VisitorCookie,
  ownId: ReturnType<typeof createOwnId>,
  onLeft: () => void,
) {
  /** The last reset as this page knows it; `null` before the first look. */
  let resetAt: number | null | undefined = null
  /** The last logout that another tab told of, which may have written nothing down. */
  let toldAt: number | undefined

  const forget = () => {
    user.clear()
    ownId.forget()
  }

  const leave = () => {
    forget()
    onLeft()
  }

  return {
    resetAt: () => resetAt,
    forget,
    follow(looksAtCookie?: boolean) {
      const last = memo.read().resetAt
      if (resetAt === null) {
        resetAt = last
        if (believable(last, platform.now()) > openedAt) forget()
      }
      const isNew = last !== resetAt && last !== toldAt
      resetAt = last
      if (isNew || (looksAtCookie && ownId.isOverwritten())) leave()
    },
    leave(at: number) {
      if (at <= believable(resetAt, platform.now())) return
      toldAt = at
      leave()
    },
    reset(at: number) {
      forget()
      const visitorId = cookie.replace()
      memo.write({ visitorId, secret: undefined, resetAt: at })
      resetAt = memo.read().resetAt
      ownId.replaced(visitorId)
    },
  }
}

/** A time that was written down, milliseconds since 1970; 0 for one that lies ahead, as the clock has jumped since. */
const believable = (at: number | null | undefined, now: number): number => (at && at <= now ? at : 0)
