import type { Delivery } from './delivery.ts'
import type { Transcript } from './transcript.ts'

/** Where a conversation stands in the store, as far as others need to know. The store alone changes it. */
export interface LogPosition {
  /** Earlier pages' rows have been read; before that nothing is sent. */
  readonly loaded: boolean
  /** Its content was deleted from the store: nothing can be added to it. */
  readonly purged: boolean
  /** `seq` of the newest row that has been read; 0 before the first. */
  readonly readUpTo: number
  /** `seq` of the newest row by which another tab said that it has delivered; 0 for none. */
  readonly deliveredSeq: number
}

/** One conversation in memory: what is said in it, what of it isn't delivered, and where it stands in the store. */
export interface Conversation extends Transcript {
  readonly delivery: Delivery
  readonly logPosition: LogPosition
}
