import type { Consent, MessageInput } from './chatlog.ts'
import { toJson, utf8Bytes } from './json.ts'

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
  userId?: string
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
  /** Edits a message before it is stored, or drops it by returning `null`. Called with a copy. */
  beforeStore?: (message: MessageInput) => MessageInput | null
  /** Captures clicks on links inside `[data-chatlog]` elements. @defaultValue true */
  captureLinks?: boolean
  /** Goes with every conversation; at most 64,000 bytes as JSON. `chatlog` is reserved. */
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
  /** `true`: console lines for everything recorded and sent, with content. @defaultValue false */
  debug?: boolean
}

type Optional = 'userId' | 'consent' | 'cookieDomain' | 'beforeStore'

/** The options with every default filled in. */
export type ResolvedOptions = Required<Omit<InitOptions, Optional>> & Pick<InitOptions, Optional>

const defaults = {
  endpoint: 'https://api.analytics.inkeep.com/conversations',
  storeName: 'chatlog',
  cookies: true,
  cookieName: 'chatlog_visitor',
  partitioned: false,
  doNotTrack: false,
  captureLinks: true,
  properties: {},
  tags: [],
  server: 'hosted',
  maxWaitMs: 5_000,
  idleMinutes: 30,
  debug: false,
} as const satisfies Partial<InitOptions>

/** Most bytes that the site's own conversation properties may have as JSON. */
export const maxPropertiesBytes = 64_000

type Check = readonly [accepts: (value: never) => boolean, expected: string]

const text: Check = [(value: unknown) => typeof value === 'string' && value !== '', 'a non-empty string']
const flag: Check = [(value: unknown) => typeof value === 'boolean', 'true or false']
const oneOf = (...values: string[]): Check => [(value: string) => values.includes(value), values.join(' or ')]
const numberBetween = (least: number, most: number): Check => [
  (value: unknown) => typeof value === 'number' && value >= least && value <= most,
  `a number from ${least} to ${most}`,
]

const checks: Record<keyof InitOptions, Check> = {
  apiKey: [(value: unknown) => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value), 'a WEB key'],
  endpoint: [(value: string) => /^https?:$/.test(new URL(value).protocol), 'an absolute http(s) URL'],
  storeName: text,
  userId: text,
  consent: oneOf('granted', 'denied', 'pending'),
  cookies: flag,
  cookieName: [(value: string) => /^[\w.-]+$/.test(value), 'letters, digits, ".", "_" or "-"'],
  cookieDomain: text,
  partitioned: flag,
  doNotTrack: flag,
  beforeStore: [(value: unknown) => typeof value === 'function', 'a function'],
  captureLinks: flag,
  properties: [
    (value: object) => typeof value === 'object' && utf8Bytes(toJson(value) as string) <= maxPropertiesBytes,
    `an object of at most ${maxPropertiesBytes} bytes as JSON`,
  ],
  tags: [(value: unknown[]) => value.every((tag) => typeof tag === 'string'), 'an array of strings'],
  server: oneOf('hosted', 'chatlog'),
  maxWaitMs: numberBetween(0, 60_000),
  idleMinutes: numberBetween(0.01, 1_440),
  debug: flag,
}

/**
 * The options with defaults filled in.
 *
 * @throws TypeError naming option, value and remedy, where a value isn't what the option takes
 */
export function resolveOptions(given: InitOptions): ResolvedOptions {
  const options = { ...defaults, ...withoutUndefined(given) } as unknown as ResolvedOptions
  for (const name of Object.keys(checks) as (keyof InitOptions)[]) {
    const value = options[name]
    if (value === undefined && name !== 'apiKey') continue
    const [accepts, expected] = checks[name]
    if (!passes(accepts as (value: unknown) => boolean, value)) {
      throw new TypeError(`chatlog init: \`${name}\` must be ${expected}, got ${toJson(value) ?? typeof value}`)
    }
  }
  return options
}

function passes(accepts: (value: unknown) => boolean, value: unknown): boolean {
  try {
    return accepts(value)
  } catch {
    return false // a value of another type altogether: the same wrong option
  }
}

const withoutUndefined = (given: InitOptions) =>
  Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined))
