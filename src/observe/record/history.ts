import type { Conversation } from '../../script/conversation/conversation.ts'
import { alignByText } from '../../script/reconcile/align-by-text.ts'
import type { Recording } from '../../script/start.ts'
import type { RenderedMessage } from '../read/message-reader.ts'
import { createKnownMessages } from '../recognize/known-messages.ts'

/** Most stored conversations that are looked through for one that a widget shows. */
const mostCandidates = 10

/** Least part of what is shown that must be recorded in a conversation for it to be the one that is shown. */
const leastKnown = 0.5

/**
 * The stored conversation that a widget shows: another tab's, or one that the visitor has gone back to.
 *
 * @returns `null` where none on this machine has enough of it
 */
export async function findShownConversation(
  { store }: Recording,
  rendered: readonly RenderedMessage[],
  storedForm: (message: RenderedMessage) => string,
): Promise<Conversation | null> {
  const stored = (await store.lastRows()).map(([last]) => last).filter((last) => last && last.kind !== 'ended')
  const ids = new Set(stored.map((last) => last?.conversationId as string))
  const candidates = [...ids].slice(0, mostCandidates)
  if (!candidates.length) return null
  const shown = rendered.map((message) => ({ role: message.role, texts: [storedForm(message)] }))
  let best: Conversation | null = null
  let most = Math.max(0, rendered.length * leastKnown - 0.5)
  for (const id of candidates) {
    const conversation = store.open(id, null, true)
    await new Promise<void>((loaded) => store.whenLoaded(conversation, loaded))
    const count = countOf(conversation)
    if (count > most) {
      best = conversation
      most = count
    }
  }
  return best

  /** How many of the shown messages it holds; 0 without one of the visitor's. */
  function countOf(conversation: Conversation): number {
    const messages = createKnownMessages()
    messages.add(conversation)
    const known = messages.all().map(({ entry, stored }) => ({ role: entry.row.role, text: stored }))
    const pairs = shown.map(() => -1)
    alignByText({ known, shown, named: shown.map(() => false), pairs, taken: new Set() })
    const held = shown.filter((_, index) => pairs[index] !== -1).map(({ role }) => role)
    return held.includes('user') ? held.length : 0
  }
}
