import type { Consent, State } from './chatlog.ts'
import type { Conversation } from './conversation/conversation.ts'
import { dirtyParts } from './conversation/delivery.ts'
import { lastPartOf, wireIdOf } from './conversation/transcript.ts'
import type { Recording } from './start.ts'

/** What `getState` answers. */
export function stateOf(recording: Recording | null, consent: Consent, counts: State['counts']): State {
  const { visitor, store, gate, schedule } = recording ?? {}
  return {
    visitor: {
      id: visitor?.knownId() ?? null,
      identificationType: visitor?.identificationType() ?? 'ANONYMOUS',
    },
    consent,
    storage: store?.isDurable() ? 'durable' : 'memory',
    conversations: store?.all().map((conversation) => describe(conversation, recording as Recording)) ?? [],
    sender: {
      ...(gate?.state() ?? { state: 'idle', reason: null, retryAt: null }),
      flushReason: schedule?.lastReason() ?? null,
    },
    counts: { ...counts, dropped: { ...counts.dropped } },
  }
}

const describe = (conversation: Conversation, recording: Recording): State['conversations'][number] => ({
  id: wireIdOf(conversation),
  externalId: conversation.header.externalId,
  messages: conversation.messages.length,
  bytes: conversation.partBytes.reduce((sum, bytes) => sum + bytes, 0),
  parts: lastPartOf(conversation),
  state: standingOf(conversation, recording),
})

function standingOf(conversation: Conversation, { sending, gate }: Recording): State['conversations'][number]['state'] {
  const { dirty, refused } = conversation.delivery
  if (refused) return 'refused'
  if (sending.isSending(conversation)) return 'sending'
  if (!dirty.size && !dirtyParts(conversation).length) return 'delivered'
  return gate.isBlocked() ? 'blocked' : 'dirty'
}
