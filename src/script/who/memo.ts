import { parseJson, toJson } from '../json.ts'
import type { TextStorage } from '../platform.ts'

/** What chatlog remembers in the site's localStorage: at most 512 characters in all, and never content. */
export interface MemoFields {
  /** Mirror of the visitor's cookie, which only refills it. */
  visitorId?: string | undefined
  /**
   * The secret that ids of this origin's named conversations begin with: `secretOf` says from what, random after
   * `startAfresh`.
   */
  secret?: string | undefined
  /** Widest cookie domain that the browser accepted for this host. Earlier versions wrote `''` for none. */
  domain?: string
  /** When the cookie was last written, milliseconds since 1970. */
  renewedAt?: number
  /** The last logout, milliseconds since 1970: what a tab knew of its visitor before that is somebody else's. */
  resetAt?: number
  /** The endpoint refused this key: no request goes before `until`; `pauseMs` is how long this pause lasts. */
  blocked?: { key: string; until: number; pauseMs: number; reason: string } | undefined
}

export interface Memo {
  read(): MemoFields
  write(fields: MemoFields): void
  clear(): void
}

/** The memo under this name; where the browser denies storage it is always empty. */
export function openMemo(storage: TextStorage, name: string): Memo {
  const read = (): MemoFields => (parseJson(storage.get(name)) as MemoFields | null | undefined) ?? {}
  return {
    read,
    write: (fields) => storage.set(name, toJson({ ...read(), ...fields }) as string),
    clear: () => storage.remove(name),
  }
}

/** What sessionStorage keeps of the tab's conversation. All builds agree on these names. */
export interface TabPointer {
  id: string
  /** When its newest message was recorded, milliseconds since 1970. */
  order: number
  /** Whose conversation it is, as `Visitor.owner` says. */
  owner: string
  /** It goes on on other devices, under this very id. */
  shared?: boolean | undefined
}
