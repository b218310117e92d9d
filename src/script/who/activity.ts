import { maxClockAheadMs } from '../../contract/limits.ts'
import type { Conversation } from '../conversation/conversation.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'

/** Tells when conversations were last active and whether they are over, also where the clock has jumped. */
export interface Activity {
  /** @param activeAt when a message was last recorded, milliseconds since 1970 */
  isOver(activeAt: number): boolean
  /**
   * When a message was last recorded, milliseconds since 1970, corrected where the clock has jumped back since.
   *
   * @param pointedAt what the page before has written down of it; 0 for nothing
   */
  activeAt(conversation: Conversation, pointedAt: number): number
}

export const createActivity = (
  { idleMinutes }: Pick<ResolvedOptions, 'idleMinutes'>,
  { now, elapsedMs }: Platform,
): Activity => ({
  isOver(activeAt) {
    const aheadMs = activeAt - now()
    // A time ahead means that the clock was set back since. Where that is a matter of hours, the conversation counts as
    // active when this page opened; where it is more, the clock tells nothing, and the distance counts as time gone by.
    const idleMs = aheadMs > 0 && aheadMs < maxClockAheadMs ? elapsedMs() : Math.abs(aheadMs)
    return activeAt > 0 && idleMs >= idleMinutes * 60_000
  },
  activeAt({ activeAt: newest, savedAt }, pointedAt) {
    if (newest <= now()) return newest
    return savedAt === null ? pointedAt || newest : now() - elapsedMs() + savedAt
  },
})
