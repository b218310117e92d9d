/** A message that is recorded, as far as it takes to recognise it. */
export interface KnownMessage {
  role: string
  /** What it says, as one text: as the page gave it last, or as it is stored. */
  text: string
  /** More was expected to come when it was recorded last. */
  growing: boolean
  /** It was shown when the page was looked at last; an id that is missing now has left. */
  shown: boolean
}

/** A message that is shown now. */
export interface ShownMessage {
  /** The caller's id of it, or whatever else it is known by for certain; `null` for none. */
  id: unknown
  role: string
  /** What it says, as one text; more where it may be recorded otherwise. */
  texts: readonly (string | undefined)[]
}
