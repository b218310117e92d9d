import { parseJson, toJson } from '../json.ts'
import type { TextStorage } from '../platform.ts'

/** What chatlog remembers in the site's localStorage: at most 512 characters in all, and never content. */
export interface MemoFields {
  /** Mirror of the visitor's cookie, which only refills it. */
  visitorId?: string | undefined
  /** Secret of this origin that the ids of named conversations begin with. Made from the visitor's id, until a user ends one. */
  secret?: string | undefined
  /** Widest cookie domain that the browser accepted for this host. Earlier versions wrote `''` for none. */
  domain?: string
  /** When the cookie was last written, milliseconds since 1970. */
  renewedAt?: number
  /** The last logout, milliseconds since 1970: what a tab knows of a visitor from before is somebody else's. */
  resetAt?: number
  /** The endpoint refused this key: no request before `until`, and how long the next pause lasts. */
  blocked?: { key: string; until: number; pauseMs: number; reason: string } | undefined
}

export interface Memo {
  read(): MemoFields
  write(fields: MemoFields): void
  clear(): void
}

/** The memo under this name; where storage is denied it is always empty. */
export function openMemo(storage: TextStorage, name: string): Memo {
  const read = (): MemoFields => (parseJson(storage.get(name)) as MemoFields | null | undefined) ?? {}
  return {
    read,
    write: (fields) => storage.set(name, toJson({ ...read(), ...fields }) as string),
    clear: () => storage.remove(name),
  }
}

/** In sessionStorage: the tab's conversation, and the place of its newest message. Builds agree on these names. */
export interface TabPointer {
  id: string
  /** Milliseconds since 1970. */
  order: number
  /** Whose it is, as `Visitor.owner` says. */
  owner: string
}
