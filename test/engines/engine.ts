/** A place in the window, in CSS pixels from the page's upper left corner. */
export interface Point {
  x: number
  y: number
}

/** How a link is clicked: by which button, or with a key held. */
export type ClickKind = 'left' | 'middle' | 'right' | 'left with Ctrl held'

/** A cookie as the browser keeps it, past every script of the page. */
export interface StoredCookie {
  path: string
  sameSite: string
  /** In seconds since 1970. */
  expires: number
}

/** A browser tab, driven as far as every engine's driver can. Everything else is built on it. */
export interface Tab {
  /** Goes there, and waits for the page's `load`. */
  go(address: string): Promise<void>
  reload(): Promise<void>
  /** Address of the page that is shown. */
  address(): Promise<string>
  /** Runs a function in the page, which sees nothing but the page and `given`, and waits for what it promises. */
  evaluate<Result, Given>(work: (given: Given) => Result, given?: Given): Promise<Awaited<Result>>
  /** A cookie of the page that is shown; null where there is none of this name. */
  cookie(name: string): Promise<StoredCookie | null>
  clickAt(point: Point, kind: ClickKind): Promise<void>
  /** Presses Enter on what has the focus. */
  pressEnter(): Promise<void>
  /** Closes it the way a visitor does: the page hears `pagehide`. */
  close(): Promise<void>
}

/** Somebody who has never been on the site: no cookie, nothing stored. */
export interface Visitor {
  /** Opens an empty tab that no page has opened. */
  openTab(): Promise<Tab>
  /** Leaves nothing of the visitor. Their tabs needn't be closed before. */
  leave(): Promise<void>
}

/** A browser that runs. */
export interface RunningEngine {
  name: EngineName
  /** For instance `Firefox 153.7.0`. */
  version: string
  newVisitor(): Promise<Visitor>
  /** Ends it with all its processes. */
  stop(): Promise<void>
}

export const engineNames = ['Chromium', 'Firefox ESR', 'WebKitGTK'] as const

export type EngineName = (typeof engineNames)[number]

/** An engine that may be on this machine. */
export interface Engine {
  name: EngineName
  /** Why it can't be started here, with what to do about it; null where it can. */
  missing(): string | null
  start(): Promise<RunningEngine>
}
