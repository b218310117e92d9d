import { dirtyParts } from './body.ts'
import type { Chatlog, Consent, MessageInput, State } from './chatlog.ts'
import { type Conversation, lastPartOf, wireIdOf } from './conversation.ts'
import { createLedger } from './ledger.ts'
import type { ResolvedOptions } from './options.ts'
import type { Platform } from './platform.ts'
import { type Recording, startRecording } from './start.ts'

/** Most calls that are kept while consent is pending; the oldest are dropped, and counted. */
export const maxPendingCalls = 1_000

/** The public face of one recording: consent before everything, and never a throw. */
export interface Instance extends Chatlog {
  /** A second `init` with the same store name: takes over a changed key. */
  takeOver(options: ResolvedOptions): void
}

export function createInstance(options: ResolvedOptions, platform: Platform): Instance {
  const ledger = createLedger(options, platform)
  let consent: Consent = options.consent ?? defaultConsent(options, platform)
  let recording: Recording | null = consent === 'granted' ? startRecording(options, platform, ledger) : null
  let stopped = false
  let pendingCalls: ((recording: Recording) => unknown)[] = []

  /** Runs it now; once consent is granted; or never. Nothing it throws reaches the page. */
  const attempt = <Result>(work: (recording: Recording) => Result, otherwise: Result): Result => {
    try {
      if (recording) return work(recording)
      if (consent === 'pending' && !stopped) {
        if (pendingCalls.push(work) > maxPendingCalls) {
          pendingCalls.shift()
          ledger.drop('memory_full', null, 'consent has been pending for too long')
        }
      }
    } catch (cause) {
      ledger.drop('invalid', null, cause instanceof Error ? cause.message : 'it could not be read')
    }
    return otherwise
  }

  /** While consent is pending, a message gets its id now, so that it can be appended to. */
  const identified = (input: MessageInput): MessageInput => {
    try {
      return { ...input, id: input.id ?? platform.createId(), createdAt: input.createdAt ?? platform.now() }
    } catch {
      return input // refused like any other bad input, once it is recorded
    }
  }

  const setConsent = (given: Consent) => {
    if (stopped || given === consent || !['granted', 'denied', 'pending'].includes(given)) return
    const before = consent
    consent = given
    if (given === 'granted') {
      recording = startRecording(options, platform, ledger)
      for (const call of pendingCalls.splice(0)) attempt(call, undefined)
      return
    }
    if (before === 'pending') pendingCalls = []
    if (given === 'denied') (recording ?? startRecording(options, platform, ledger)).wipe()
    else recording?.stop()
    recording = null
  }

  return {
    trackMessage(message) {
      const input = recording ? message : identified(message)
      return attempt(({ recorder }) => recorder.trackMessage(input), consent === 'pending' ? (input?.id ?? '') : '')
    },
    appendToMessage: (messageId, delta) =>
      attempt(({ recorder }) => recorder.appendToMessage(messageId, delta), undefined),
    completeMessage: (messageId, end) =>
      attempt(({ recorder }) => recorder.completeMessage(messageId, end?.status ?? 'complete'), undefined),
    trackMessages(messages, where) {
      attempt(({ transcripts }) => transcripts.track(messages, where?.conversationId), undefined)
    },
    trackLinkClick: (click) => attempt(({ recorder }) => recorder.trackLinkClick(click), undefined),
    startConversation: (conversation) => attempt(({ current }) => wireIdOf(current.start(conversation ?? {})), ''),
    identify: (user) => attempt(({ identity }) => identity.identify(user), undefined),
    reset: () => attempt(({ identity }) => identity.reset(), undefined),
    setConsent,
    registerRoot: (root) => attempt((active) => active.registerRoot(root), undefined),
    async flush() {
      if (recording) return recording.flusher.flush()
      return { delivered: [], pending: [] }
    },
    getState: () => stateOf(recording, consent, ledger.counts()),
    on: (event, listener) => ledger.on(event, listener),
    stop() {
      stopped = true
      recording?.stop()
      recording = null
    },
    takeOver({ apiKey }) {
      options.apiKey = apiKey
      recording?.setApiKey(apiKey)
    },
  }
}

const defaultConsent = ({ doNotTrack }: ResolvedOptions, platform: Platform): Consent =>
  platform.globalPrivacyControl || (doNotTrack && platform.doNotTrack) ? 'denied' : 'granted'

function stateOf(recording: Recording | null, consent: Consent, counts: State['counts']): State {
  const visitor = recording?.visitor
  return {
    visitor: {
      id: visitor?.knownId() ?? null,
      identificationType: visitor?.identificationType() ?? 'ANONYMOUS',
    },
    consent,
    storage: recording?.store.isDurable() ? 'durable' : 'memory',
    conversations: recording ? recording.store.all().map((conversation) => describe(conversation, recording)) : [],
    sender: recording?.gate.state() ?? { state: 'idle', reason: null, retryAt: null },
    counts: { ...counts, dropped: { ...counts.dropped } },
  }
}

function describe(conversation: Conversation, { flusher, gate }: Recording): State['conversations'][number] {
  const { header, messages, partBytes, dirty, refused } = conversation
  const isDirty = dirty.size > 0 || dirtyParts(conversation).length > 0
  return {
    id: wireIdOf(conversation),
    externalId: header.externalId,
    messages: messages.length,
    bytes: partBytes.reduce((sum, bytes) => sum + bytes, 0),
    parts: lastPartOf(conversation),
    state: refused
      ? 'refused'
      : flusher.isSending(conversation)
        ? 'sending'
        : !isDirty
          ? 'delivered'
          : gate.isBlocked()
            ? 'blocked'
            : 'dirty',
  }
}
