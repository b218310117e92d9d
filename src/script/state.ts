import { aboutOf } from './about.ts'
import type { Consent, State, WaitsFor } from './chatlog.ts'
import type { Conversation } from './conversation/conversation.ts'
import { dirtyParts } from './conversation/delivery.ts'
import { lastPartOf, wireIdOf } from './conversation/transcript.ts'
import type { Ledger } from './ledger.ts'
import type { ResolvedOptions } from './options.ts'
import type { Recording } from './start.ts'

export interface StateParts {
  recording: Recording | null
  consent: Consent
  ledger: Pick<Ledger, 'counts' | 'storedAt'>
  options: Pick<ResolvedOptions, 'endpoint' | 'problem'>
  apiKey: string
}

/** Makes what `getState` answers: a copy, without message content. */
export function stateOf({ recording, consent, ledger, options, apiKey }: StateParts): State {
  const { visitor, store, gate, schedule } = recording ?? {}
  const { counts, storedAt } = ledger
  const state = {
    ...aboutOf(options, apiKey, storedAt),
    visitor: {
      id: visitor?.knownId() ?? null,
      identificationType: visitor?.identificationType() ?? ('ANONYMOUS' as const),
    },
    consent,
    storage: store?.isDurable() ? ('durable' as const) : ('memory' as const),
    conversations: store?.all().map((conversation) => describe(conversation, recording as Recording)) ?? [],
    sender: {
      ...(gate?.state() ?? { state: 'idle' as const, reason: null, retryAt: null }),
      flushReason: schedule?.lastReason() ?? null,
    },
    counts: { ...counts, dropped: { ...counts.dropped } },
  }
  return { waitsFor: waitsFor(state), ...state }
}

function waitsFor({ problem, consent, conversations, sender, counts }: Omit<State, 'waitsFor'>): WaitsFor | null {
  if (problem) return 'options'
  if (consent !== 'granted') return 'consent'
  if (sender.state === 'blocked') return 'key'
  if (sender.state === 'unreachable') return 'endpoint'
  if (conversations.some(({ state }) => state === 'refused')) return 'change'
  if (sender.state === 'waiting') return 'retry'
  if (conversations.some(({ state }) => state !== 'delivered')) return 'delivery'
  return counts.recorded ? null : 'message'
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
  if (sending.requests.isUnderWay(conversation)) return 'sending'
  if (!dirty.size && !dirtyParts(conversation).length) return 'delivered'
  return gate.isBlocked() ? 'blocked' : 'dirty'
}
