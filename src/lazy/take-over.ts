import { lostSightOf } from '../script/conversation/delivery.ts'
import { messageOf } from '../script/json.ts'
import type { Recording, RecordingParts } from '../script/start.ts'
import type { GapPage, HandOver } from './hand-over.ts'

/** How long a body that an earlier page left with the browser may still arrive, in milliseconds. */
const handedOverMs = 60_000

/**
 * Puts what was recorded without the core into the store, under the ids that it has already, and in its order.
 *
 * @param isHidden the page may not come back: what is recorded goes out now
 */
export function takeOver(
  recording: Recording,
  parts: RecordingParts,
  { earlier, page, done }: HandOver,
  isHidden: boolean,
): void {
  const { current, schedule } = recording
  for (const before of earlier) {
    const own = current.last()
    // Tabs overwrite each other's ids in the same moment alone, and not long after.
    replay(recording, parts, { ...before, left: true, madeVisitorId: undefined })
    current.forgetTab()
    if (own) current.goOn(own)
  }
  if (page.calls.length || page.conversation) replay(recording, parts, page)
  done()
  if (isHidden) void schedule.flush('page_hidden')
}

/**
 * Makes the calls of a page again. A logout that another tab has told meanwhile comes between those that it came
 * between.
 */
function replay(
  recording: Recording,
  parts: RecordingParts,
  { openedAt, conversation, calls, left, madeVisitorId }: GapPage,
): void {
  const { visitor, current, store } = recording
  const { platform, user, ledger } = parts
  const letGo = () => {
    user.clear()
    current.forgetTab()
  }
  const methods = methodsOf(recording, letGo)
  let resetAt = visitor.resetAt() > openedAt ? visitor.resetAt() : Number.POSITIVE_INFINITY
  // After a logout the cookie holds another id because the next visitor has it, and not because two tabs were as quick.
  if (madeVisitorId && resetAt === Number.POSITIVE_INFINITY) visitor.noteMade(madeVisitorId)
  if (conversation) {
    visitor.id() // makes the id, which the tab's pointer keeps as the conversation's owner
    // The tab's own pointer says of an earlier page's conversation whether it is shared with other devices.
    const last = conversation.header ? null : current.last()
    const opened =
      last?.id === conversation.id
        ? last
        : current.goOn(store.open(conversation.id, conversation.header, !conversation.header))
    // The page may have left a body with the browser: everything is sent once more after it, so that an endpoint that
    // replaces doesn't end with the older one.
    if (left && conversation.header) lostSightOf(opened.delivery, platform.elapsedMs() + handedOverMs)
  }
  for (const [name, at, ...given] of calls) {
    // This page's own logout was told at the moment of its call.
    if (at > resetAt || (name === 'reset' && at === resetAt)) {
      letGo()
      resetAt = Number.POSITIVE_INFINITY
    }
    try {
      methods[name]?.(...(given as never[]))
    } catch (cause) {
      ledger.drop('invalid', null, messageOf(cause))
    }
  }
  if (resetAt < Number.POSITIVE_INFINITY) letGo()
}

const methodsOf = (
  { trackMessage, recorder, transcripts, current, identity }: Recording,
  reset: () => void,
): Record<string, (...given: never[]) => unknown> => ({
  trackMessage,
  appendToMessage: recorder.appendToMessage,
  completeMessage: recorder.completeMessage,
  trackMessages: transcripts.track,
  trackLinkClick: recorder.trackLinkClick,
  trackFeedback: recorder.trackFeedback,
  startConversation: current.start,
  discardConversation: current.discard,
  identify: identity.identify,
  reset,
})
