import type { Stage } from './stage.ts'

/** Something that chatlog promises in every engine, held to what the collector has stored. */
export interface EnginePromise {
  /** As a sentence that is true. */
  name: string
  /** Throws where the promise is broken. */
  keep(stage: Stage): Promise<void>
}

/** What a promise notes where it was kept, and not before the visitor came back. */
export const byTheNextVisit = 'by the next visit'
