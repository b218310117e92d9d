import type { EngineName } from './engine.ts'
import type { Stage } from './stage.ts'

/** Something that engines do in different ways, as far as chatlog, or what drives it here, has to know. */
export interface Difference {
  /** What is looked at. */
  what: string
  /** What each engine was found to do. */
  found: Record<EngineName, string>
  /** What follows from it, as a sentence. */
  soThat: string
  /**
   * What the engine of the stage does, in the words of `found`. `'counted'` where no single run can tell, since it comes
   * and goes: the promises note it, and many runs together show it.
   */
  measure: ((stage: Stage) => Promise<string>) | 'counted'
}
