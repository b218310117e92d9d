/** What it takes of a recorded message to recognise it. */
export interface KnownMessage {
  role: string
  /** What it says, as one text: as the page gave it last; where this page never did, as it is stored. */
  text: string
  /** Whether more of it was expected when it was recorded last. */
  growing: boolean
  /** Whether the page showed it the time before. */
  shown: boolean
}

/** A message that the page shows now. */
export interface ShownMessage {
  /** The caller's id of it, or anything else that names it for certain; `null` for none. */
  id: unknown
  role: string
  /** The texts that it may be recorded with, the one that the page shows first. */
  texts: readonly (string | undefined)[]
}
