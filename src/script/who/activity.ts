import { maxClockAheadMs } from '../../contract/limits.ts'
import type { Conversation } from '../conversation/conversation.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'

/** When conversations were active, and whether they are over since, though clocks jump. */
export interface Activity {
  /** @param activeAt when a message was last recorded, milliseconds since 1970 */
  isOver(activeAt: number): boolean
  /**
   * When a message was last recorded, milliseconds since 1970, though the clock may have jumped back since.
   *
   * @param pointedAt what the page before has written down of it, 0 for nothing
   */
  activeAt(conversation: Conversation, pointedAt: number): number
}

export const createActivity = (
  { idleMinutes }: Pick<ResolvedOptions, 'idleMinutes'>,
  { now, elapsedMs }: Platform,
): Activity => ({
  isOver(activeAt) {
    const aheadMs = activeAt - now()
    // Ahead, as the clock was set back since. By hours: as if it had been when this page opened. Further: long ago.
    const idleMs = aheadMs > 0 && aheadMs < maxClockAheadMs ? elapsedMs() : Math.abs(aheadMs)
    return activeAt > 0 && idleMs >= idleMinutes * 60_000
  },
  activeAt({ activeAt: newest, savedAt }, pointedAt) {
    if (newest <= now()) return newest
    return savedAt === null ? pointedAt || newest : now() - elapsedMs() + savedAt
  },
})
