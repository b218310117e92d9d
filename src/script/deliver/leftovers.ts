import type { Conversation } from '../conversation/conversation.ts'
import { givenUp, lastWordDue } from '../conversation/delivery.ts'
import { underWayOf } from '../conversation/rows.ts'
import type { Ledger } from '../ledger.ts'
import type { ConversationStore } from '../store/conversation-store.ts'
import type { CurrentConversation } from '../who/current-conversation.ts'

/** Days for which undelivered content, and the memory of a conversation that is over, are kept. */
export const maxAgeDays = 30
const maxAgeMs = maxAgeDays * 86_400_000

/** Most bytes of undelivered content that are kept on the visitor's machine. */
export const maxUndeliveredBytes = 10_000_000

/**
 * Looks at what earlier pages left. It opens conversations that aren't delivered, which sends them, unless they are too
 * old or too much; it deletes those that are over and delivered from the visitor's machine. Before that it sends a
 * conversation once more where a request was left unanswered, to an endpoint that replaces: a service worker that kept
 * the request may have put an older transcript over a newer one.
 *
 * @returns whether something is sent once more, and can be deleted soon
 */
export async function openLeftovers(
  store: ConversationStore,
  current: CurrentConversation,
  ledger: Ledger,
  { now, elapsedMs, merges }: { now: number; elapsedMs: number; merges: boolean },
): Promise<boolean> {
  const over: Conversation[] = []
  const opened: Conversation[] = []
  // The tab's own conversation stays while its page is open: a widget may show its transcript again after hours.
  for (const [last, before] of await store.lastRows()) {
    if (!last) continue
    const known = store.get(last.conversationId)
    const { conversationId: id } = last
    const delivered = last.kind === 'delivered' && !underWayOf(last).length && (before?.seq ?? 0) <= last.upTo
    // A row before a row of kind `ended` was saved while the others were being deleted: it still has to be sent.
    if (last.kind === 'ended' && (!before || before.kind === 'ended')) {
      if (now - last.endedAt > maxAgeMs) store.purge(id, last.seq, null)
    } else if (!delivered) {
      opened.push(store.open(id, null, true))
    } else if ('discarded' in last) {
      if (now - last.activeAt > maxAgeMs) store.purge(id, last.seq, null)
    } else if (current.isOver(known ? current.activeAt(known) : last.activeAt) && id !== current.openId()) {
      // Of a shared one, what is known here may not be all.
      if (last.unanswered && !merges && !last.shared) over.push(store.open(id, null, true))
      else store.purge(id, last.seq, last.wireId)
    }
  }
  await Promise.all(
    [...opened, ...over].map((conversation) => new Promise<void>((done) => store.whenLoaded(conversation, done))),
  )
  dropWhatIsTooMuch(opened, store, ledger, now)
  for (const conversation of over) {
    lastWordDue(conversation.delivery, elapsedMs)
    store.announce(conversation, 'lost_sight', 0)
  }
  return over.length > 0
}

/** Drops conversations that are too old, and the oldest of those that are too much together. */
function dropWhatIsTooMuch(opened: Conversation[], store: ConversationStore, ledger: Ledger, now: number): void {
  let bytes = 0
  for (const conversation of opened.sort((a, b) => b.activeAt - a.activeAt)) {
    bytes += conversation.partBytes.reduce((sum, part) => sum + part, 0)
    const tooOld = now - conversation.activeAt > maxAgeMs
    if (!tooOld && bytes <= maxUndeliveredBytes) continue
    const { delivery, id, logPosition } = conversation
    const detail = tooOld
      ? `undelivered for over ${maxAgeDays} days`
      : `over ${maxUndeliveredBytes} bytes are undelivered`
    // One that was dropped before may have come back by a row without content, which is no loss to count.
    const { size } = delivery.dirty
    if (size) ledger.drop(tooOld ? 'expired' : 'storage_budget', null, detail, size)
    givenUp(delivery)
    store.purge(id, logPosition.readUpTo, null)
  }
}
