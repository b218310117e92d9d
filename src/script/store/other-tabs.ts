import { interruptedJson } from '../conversation/body.ts'
import { lostSightOf, tabIsDone } from '../conversation/delivery.ts'
import { withJson } from '../conversation/merge.ts'
import type { MessageRow } from '../conversation/rows.ts'
import type { Happening } from '../happening.ts'
import type { Platform } from '../platform.ts'
import type { Change } from './change.ts'
import type { StoredConversation } from './log-position.ts'
import type { Writer } from './writer.ts'

/** How long a request of which nothing more was heard may still arrive, in milliseconds. */
export const unsettledMs = 5_000

/** Where no Web Lock can tell, a streaming row of this age, in milliseconds, counts as left by a tab that is gone. */
const staleStreamMs = 60_000

/** Tabs whose end matters to a conversation: they may have something under way, or were receiving an answer. */
export const tabsToWatch = ({ delivery, messages }: StoredConversation): Set<string> =>
  new Set([...delivery.underWay.keys(), ...messages.filter(({ row }) => row.streaming).map(({ row }) => row.tabId)])

interface TakeOverParts {
  platform: Platform
  tabId: string
  writer: Writer
  changed: Happening<Change>
}

/**
 * Makes this tab answer for another that is gone: it sends once more what the other may have left under way, and ends
 * the answers that the other was receiving.
 */
export function createTakeOver({ platform, tabId, writer, changed }: TakeOverParts) {
  const takeOver = (conversation: StoredConversation, goneId: string): void => {
    if (goneId === tabId) return
    const { delivery, messages } = conversation
    // A tab may be told of the same end more than once: only the first one asks for a request.
    const isNews = delivery.underWay.has(goneId)
    if (isNews) {
      tabIsDone(delivery, goneId)
      lostSightOf(delivery, platform.elapsedMs() + unsettledMs)
    }
    const streams = messages.filter(({ row }) => row.streaming && row.tabId === goneId)
    const ended = streams.filter(({ row }) => endStream(conversation, row))
    if (isNews || ended.length) changed.tell(conversation, 'tab_gone', 0)
  }

  /** @returns whether the stream has ended; where no lock can tell and the row is young, a timer looks at it again */
  const endStream = (conversation: StoredConversation, row: MessageRow): boolean => {
    const ageMs = platform.now() - row.updatedAt
    // A row with a time ahead was written before the clock jumped back: its age says nothing.
    const mayGrow = !platform.locks && ageMs >= 0 && ageMs < staleStreamMs
    if (mayGrow) platform.setTimer(() => takeOver(conversation, row.tabId), staleStreamMs - ageMs)
    // It keeps its `updatedAt`: what its page says of it once it is back out of the back/forward cache must be newer.
    else writer.saveMessage(conversation, withJson({ ...row, tabId, streaming: false }, interruptedJson(row)))
    return !mayGrow
  }

  return takeOver
}
