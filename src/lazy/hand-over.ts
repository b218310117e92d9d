import type { Chatlog } from '../script/chatlog.ts'
import type { ConversationHeader } from '../script/conversation/rows.ts'
import type { InitOptions } from '../script/options.ts'

/** What the lazy tag takes beyond the options of every build: the address of its core. */
export const lazyOptions: readonly string[] = ['core']

/** Calls of the page that the first file takes and the core makes again. */
export type GapCallName = Exclude<keyof Chatlog, 'flush' | 'getState' | 'on' | 'stop' | 'setConsent' | 'registerRoot'>

/** A call: its name, when it was made (milliseconds since 1970), and copies of its arguments as plain JSON. */
export type GapCall = [name: GapCallName, at: number, ...given: unknown[]]

/** A conversation that began before the core was there. */
export interface GapConversation {
  /** Id on the wire, which the core keeps. */
  id: string
  /** `null`: one of an earlier page, which the core reads from the store. */
  header: ConversationHeader | null
}

/** What one page has recorded without the core. In localStorage until the core has taken it. */
export interface GapPage {
  /** When the page, or the page before it in this tab, opened; milliseconds since 1970. */
  openedAt: number
  /** When it last recorded something. */
  at: number
  /** `null` while nothing is recorded. */
  conversation: GapConversation | null
  calls: GapCall[]
  /** Who said it, as `Visitor.owner` puts it: only the same visitor goes on with it on the next page. */
  owner?: string | undefined
  /** The page has ended, and may have left a body with the browser that arrives late. */
  left?: boolean
  /** It was left without the core: any tab may take it over. */
  gone?: boolean
  /** The visitor id that this very page made: a tab that was as quick may have overwritten it since. */
  madeVisitorId?: string | undefined
}

/** What the core takes over when it begins to record. */
export interface HandOver {
  /** Pages of tabs that are gone, oldest first. */
  earlier: GapPage[]
  /** This page, and what the pages before it in this tab have left. */
  page: GapPage
  /** The core holds it now: the first file deletes its copies. */
  done(): void
}

/**
 * How the core starts. The first file puts a function that takes it onto the core's own script element, under the name
 * `chatlogCore`: no global is needed, and a core that was asked for by somebody else starts nothing.
 *
 * @param take gives what the core takes over; called at each grant of consent
 * @param onStarted called with the instance before anything is taken over, so that listeners miss nothing
 */
export type StartCore = (given: InitOptions, take: () => HandOver, onStarted?: (core: Chatlog) => void) => Chatlog

/** The element that loads the core. */
export interface CoreElement extends HTMLScriptElement {
  chatlogCore?: (start: StartCore) => void
}
