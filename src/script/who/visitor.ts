import type { IdentificationType } from '../chatlog.ts'
import { createHappening } from '../happening.ts'
import { parseJson, toJson } from '../json.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import { createVisitorCookie, type VisitorCookie } from './cookie.ts'
import type { Memo } from './memo.ts'
import type { SignedInUser } from './signed-in-user.ts'

/** How long after this page made an id another tab may overwrite it, in milliseconds; later, another id is another visitor's. */
export const raceMs = 3_000

/** Who is chatting. */
export interface Visitor {
  /** The visitor's id: the cookie's, or this page's own where no cookie is possible or wanted. Makes one where none is. */
  id(): string
  /** The visitor's id; `null` where there is none yet. */
  knownId(): string | null
  identificationType(): IdentificationType
  /** `userProperties` for the header of a conversation that is recorded now. */
  userProperties(): Record<string, unknown>
  /** Names the visitor. A user id never goes into the cookie: after a logout the next visitor would inherit it. */
  identify(userId: string, traits: Record<string, unknown>): void
  /** Text that stays the same while the same visitor uses the browser: a page goes on with the tab's conversation only then. */
  owner(): string
  /** The last logout in this browser, milliseconds since 1970; 0 for none, and where the clock was ahead then. */
  resetAt(): number
  /**
   * Looks whether somebody else uses the browser now, and forgets the one before: somebody logged out in another tab or,
   * where it `looksAtCookie`, another subdomain gave the cookie another id.
   */
  follow(looksAtCookie?: boolean): void
  /** Somebody logged out in another tab, at that time (milliseconds since 1970): forgets the visitor of this one. */
  loggedOutElsewhere(at: number): void
  /**
   * Gives, once, the id that this page made and another tab has overwritten: two tabs that open at the same time on the first
   * visit each make one, and the cookie keeps the later.
   *
   * @returns `null` where no id was lost
   */
  takeLostId(): string | null
  /** A logout at that time: forgets the user and gives the next visitor another id, on every page of the site. */
  reset(at: number): void
  /** Forgets user and id, and deletes the cookie. */
  wipe(): void
  /** What ran on this page before the recording has just made that id for the cookie. */
  noteMade(id: string): void
  /** This page has made an id: another tab may be making one at the same time. */
  onMade(listener: () => void): () => void
  /** `follow` or `loggedOutElsewhere` has found that somebody else uses the browser now. */
  onLeft(listener: () => void): () => void
}

export interface VisitorParts {
  options: ResolvedOptions
  platform: Platform
  memo: Memo
  user: SignedInUser
  /** The visitor has refused: a save that ends later may ask for an id, and must not write the cookie again. */
  isErased(): boolean
  /** When the page was opened, milliseconds since 1970: after a logout later than that, its user is somebody else. */
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
    loggedOutElsewhere: changes.loggedOutElsewhere,
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
      changes.forget()
      cookie.remove()
    },
    noteMade: ownId.noteMade,
    onMade: made.on,
    onLeft: left.on,
  }
  return visitor
}

/** Keeps the visitor's id as this page knows it. */
function createOwnId({ options, platform, isErased }: VisitorParts, cookie: VisitorCookie, onMade: () => void) {
  const { elapsedMs } = platform
  let anonymousId: string | null = null
  let made: { id: string; at: number } | null = null
  let cookieId: string | undefined

  const isRacing = () => made && elapsedMs() - made.at < raceMs

  const noteMade = (id: string) => {
    made = { id, at: elapsedMs() }
    onMade()
  }

  return {
    open(): string {
      if (anonymousId) return anonymousId
      const { id, isNew } = options.cookies && !isErased() ? cookie.open() : { id: null, isNew: false }
      if (id) cookieId = id
      else anonymousId = platform.createId()
      if (id && isNew) noteMade(id)
      return id ?? (anonymousId as string)
    },
    noteMade,
    known: () => anonymousId ?? ((options.cookies && cookie.read()) || null),
    isAnonymous: () => anonymousId !== null,
    cookieId: () => cookieId,
    /** The cookie holds another id, and not because another tab made one at the same time as this one. */
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
  }
}

/** Notices logouts, here and elsewhere: somebody else uses the browser from then on. */
function createVisitorChanges(
  { memo, user, openedAt, platform }: VisitorParts,
  cookie: VisitorCookie,
  ownId: ReturnType<typeof createOwnId>,
  onLeft: () => void,
) {
  /** The last reset as this page knows it; `null` before the first look. */
  let resetAt: number | null | undefined = null
  /** The last logout that another tab told of: `follow` must not take it for a second one when it reads it in the memo. */
  let toldAt: number | undefined

  const forget = () => {
    user.clear()
    ownId.forget()
  }

  const letGo = () => {
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
      if (isNew || (looksAtCookie && ownId.isOverwritten())) letGo()
    },
    loggedOutElsewhere(at: number) {
      if (at <= believable(resetAt, platform.now())) return
      toldAt = at
      letGo()
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

/** A stored time, milliseconds since 1970; 0 for one that lies ahead, as the clock has jumped back since. */
const believable = (at: number | null | undefined, now: number): number => (at && at <= now ? at : 0)
