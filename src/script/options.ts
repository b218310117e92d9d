import type { Consent, MessageInput } from './chatlog.ts'
import type { LinkClick } from './conversation/rows.ts'
import { toJson } from './json.ts'

/** How much of what is said is stored: all of it, all but what names or unlocks, or nothing of it. */
export type Privacy = 'full' | 'redacted' | 'metadata'

/** What `init` takes. Every option whose value is text, a number or a boolean has a `data-*` twin on the tag. */
export interface InitOptions {
  /** The WEB key: public, write-only. Never an API key. */
  apiKey: string
  /**
   * Absolute http(s) URL that takes the conversations.
   *
   * @defaultValue 'https://api.analytics.inkeep.com/conversations'
   */
  endpoint?: string
  /**
   * Names the local store. One instance each: a second `init` with the same name returns the first, which takes over a
   * changed key.
   *
   * @defaultValue 'chatlog'
   */
  storeName?: string
  /** The signed-in user, as `identify({ userId })` would say it. */
  userId?: string | number
  /** @defaultValue 'granted', or 'denied' where the browser sends Global Privacy Control */
  consent?: Consent
  /** `false`: no cookie; the visitor is ANONYMOUS. @defaultValue true */
  cookies?: boolean
  /** @defaultValue 'chatlog_visitor' */
  cookieName?: string
  /** @defaultValue the widest domain that the browser accepts */
  cookieDomain?: string
  /** `true` inside a cross-site iframe: `Partitioned; SameSite=None; Secure`. @defaultValue false */
  partitioned?: boolean
  /** `true`: a browser that sends Do Not Track counts as `denied`. @defaultValue false */
  doNotTrack?: boolean
  /**
   * How much of what is said is stored. `redacted`: without e-mail addresses, phone and card numbers, keys and the
   * values in URLs; `metadata`: roles, lengths, times and the hosts of links alone. Both need `chatlog-observe.js` or
   * `chatlog/observe`.
   *
   * @defaultValue 'full'
   */
  privacy?: Privacy
  /** Edits a message before it is stored, or drops it by returning `null`. Called with a copy. */
  beforeStore?: (message: MessageInput) => MessageInput | null
  /** Captures clicks on links inside `[data-chatlog]` elements. @defaultValue true */
  captureLinks?: boolean
  /** Goes with every conversation; at most 64,000 characters as JSON. `chatlog` is reserved. */
  properties?: Record<string, unknown>
  /** Goes with every conversation. */
  tags?: string[]
  /**
   * `chatlog`: our own collector, which also takes the key as `?key=`, so that a closing page can use a beacon.
   *
   * @defaultValue 'hosted'
   */
  server?: 'hosted' | 'chatlog'
  /**
   * Longest time a visitor's message waits for its answer before it is sent alone, in milliseconds, 0 to 60,000. A
   * hidden page or a completed answer sends it sooner.
   *
   * @defaultValue 5_000
   */
  maxWaitMs?: number
  /** Minutes without a message after which a conversation is over, above 0, at most 1,440. @defaultValue 30 */
  idleMinutes?: number
  /** `true`: a console line for each event: ids, sizes and causes, never content. @defaultValue false */
  debug?: boolean
}

type Optional = 'userId' | 'consent' | 'cookieDomain' | 'beforeStore'

/** The options with every default filled in. */
export type ResolvedOptions = Required<Omit<InitOptions, Optional>> &
  Pick<InitOptions, Optional> & {
    /** What is wrong with the options that the page gave; nothing is recorded then, and the others are the defaults. */
    problem?: string
    /** Edits a link click before it is stored; set by builds that redact. */
    beforeClick?: (click: LinkClick) => LinkClick
  }

/** Most characters that the site's own conversation properties may have as JSON. */
export const maxPropertiesLength = 64_000

/** The values of options that the page needn't give. */
export const defaultOptions = {
  apiKey: '',
  endpoint: 'https://api.analytics.inkeep.com/conversations',
  storeName: 'chatlog',
  cookies: true,
  cookieName: 'chatlog_visitor',
  partitioned: false,
  doNotTrack: false,
  privacy: 'full',
  captureLinks: true,
  properties: {},
  tags: [],
  server: 'hosted',
  maxWaitMs: 5_000,
  idleMinutes: 30,
  debug: false,
} satisfies InitOptions as ResolvedOptions

type Look = readonly [pattern: RegExp, words: string]

const text: Look = [/^string:./, 'a text']
const flag: Look = [/^boolean/, 'true or false']
const number: Look = [/^number:/, 'a number']

/** What each option must look like, matched against `<type>:<text or JSON>`, and the words for it in an error. */
const looks: Record<keyof InitOptions, Look> = {
  apiKey: [
    /^string:(?!api_|(undefined|null)$|.?[{<])[\x21-\x7e]+$/,
    'a WEB key, never an API key, which opens every conversation',
  ],
  endpoint: [/^string:https?:\/\/[^/]/, 'an absolute http(s) URL'],
  storeName: text,
  userId: [/^(string|number|object:null)/, 'a text or a number'],
  consent: [/^string:(granted|denied|pending)$/, 'granted, denied or pending'],
  cookies: flag,
  cookieName: [/^string:[\w.-]+$/, 'of letters, digits and ._-'],
  cookieDomain: text,
  partitioned: flag,
  doNotTrack: flag,
  privacy: [
    /^string:full$/,
    "full; for redacted or metadata load chatlog-observe.js, or import from 'chatlog/observe'",
  ],
  beforeStore: [/^function/, 'a function'],
  captureLinks: flag,
  properties: [/^object:\{/, 'an object'],
  tags: [/^object:\[("([^"\\]|\\.)*",?)*\]$/, 'an array of texts'],
  server: [/^string:(hosted|chatlog)$/, 'hosted or chatlog'],
  maxWaitMs: number,
  idleMinutes: number,
  debug: flag,
}

/** Options of every build. */
export const optionNames: readonly string[] = Object.keys(looks)

/** Least and most that the numbers may be. */
const bounds: Record<string, [least: number, most: number]> = { maxWaitMs: [0, 60_000], idleMinutes: [0.01, 1_440] }

/**
 * The options with defaults filled in.
 *
 * @throws TypeError naming option, value and what it must look like
 */
export function resolveOptions(given: InitOptions): ResolvedOptions {
  const options: Record<string, unknown> = { ...defaultOptions, apiKey: undefined }
  for (const [name, value] of Object.entries(given ?? {})) if (value !== undefined) options[name] = value
  for (const [name, [pattern, words]] of Object.entries(looks)) {
    const value = options[name]
    if (value === undefined && name !== 'apiKey') continue
    const seen = `${typeof value}:${typeof value === 'string' ? value : toJson(value)}`
    const [least, most] = bounds[name] ?? []
    const within = least === undefined || most === undefined || (Number(value) >= least && Number(value) <= most)
    if (!pattern.test(seen) || !within || seen.length > maxPropertiesLength) {
      const range = least === undefined ? '' : ` from ${least} to ${most}`
      throw new TypeError(
        `chatlog init: \`${name}\` must be ${words}${range}, got ${seen.slice(0, name === 'apiKey' ? 11 : 200)}`,
      )
    }
  }
  return options as unknown as ResolvedOptions
}
