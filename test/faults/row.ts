import type { HeldConversation } from './collector-under-test.ts'
import type { Stage } from './stage.ts'

/** `merging`: the real collector. `replacing`: a fake one that replaces what it holds, in the order of finishing. */
export type Against = 'merging' | 'replacing'

/** Least number of the recorded messages that the collector must hold. */
export interface RowPromise {
  firstLife: number
  afterNext: number
}

/** One fault, and what has to come of the messages recorded around it. */
export interface Row {
  name: string
  /** Messages that `firstLife` and `nextVisit` record. @defaultValue 10 */
  recorded?: number
  /** Their numbers, as a collector holds them, in its order. @defaultValue those of the messages */
  numbers?(held: readonly HeldConversation[]): number[]
  promise: RowPromise
  /** It stands in the table of docs/reference.md. */
  inReadme?: true
  /** Without `fetchLater` nothing is promised for the first page life. */
  needsFetchLater?: true
  /** @defaultValue both */
  against?: readonly Against[]
  /** The page's life, from opening to its end. What is still open afterwards is closed. */
  firstLife(stage: Stage): Promise<void>
  /** The network is well again. @defaultValue a new tab on the same site, until everything is delivered; `null`: none */
  nextVisit?: ((stage: Stage) => Promise<void>) | null
  /** Whatever else the row promises. Throws where it is broken. */
  check?(stage: Stage): Promise<void> | void
  /** Needs a browser that can be killed, with a profile on disk. */
  killable?: true
  /** What it promises less with the lazy tag, whose core may not be there yet; `inTurn`: two tabs' messages are in order. */
  early?: Partial<RowPromise> & { inTurn?: false }
  /** It is about the database, which the lazy tag's core makes. */
  needsCore?: true
  /** Needs what a headless shell lacks. */
  needsWholeBrowser?: true
}

/** What one run of a row came to. */
export interface Outcome {
  recorded: number
  firstLife: number
  /** `null` where the row has no next visit. */
  afterNext: number | null
  largestBody: number
  /** The collector held less than what was recorded when all was over. */
  shortAtEnd: boolean
  /** Characters, keys and values together. */
  largestLocalStorage: number
  requests: number
  /** What missed its expectation, with what was sent when; empty for a run that kept every promise. */
  misses: string[]
}
