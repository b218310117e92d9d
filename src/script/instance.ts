import type { Chatlog, Consent, MessageInput, State } from './chatlog.ts'
import { dirtyParts } from './conversation/body.ts'
import { type Conversation, lastPartOf, wireIdOf } from './conversation/conversation.ts'
import { createLedger } from './ledger.ts'
import type { ResolvedOptions } from './options.ts'
import type { Platform } from './platform.ts'
import { type Recording, startRecording } from './start.ts'
import { hearLogouts } from './store/tab-channel.ts'
import { openMemo } from './who/memo.ts'
import { openVisitor } from './who/visitor.ts'

/** Most calls that are kept while consent is pending; the oldest are dropped, and counted. */
export const maxPendingCalls = 1_000

/** The public face of one recording: consent before everything, and never a throw. */
export interface Instance extends Chatlog {
  /** A second `init` with the same store name: takes over a changed key. */
  takeOver(options: ResolvedOptions): void
}

/**
 * @param platform `null` where there is no page: nothing is ever recorded
 * @param onStop the store name is free again
 */
export function createInstance(
  options: ResolvedOptions,
  platform: Platform | null,
  onStop: () => void,
  start = startRecording,
): Instance {
  const ledger = createLedger(options, platform ?? { console, measure() {} })
  let consent: Consent = options.consent ?? defaultConsent(options, platform)
  let recording: Recording | null = null
  let pendingCalls: { at: number; work: (recording: Recording) => unknown }[] = []
  const openedAt = platform?.now() ?? 0
  /** Also after `stop()`: what whoever refuses then has left is still here. */
  const page = platform
  let stopHearing = noop

  /** Runs it now; once consent is granted; or never. Nothing it throws reaches the page. */
  const attempt = <Result>(work: (recording: Recording) => Result): Result | undefined => {
    const startedAt = platform?.elapsedMs() ?? 0
    try {
      if (recording) return work(recording)
      if (!platform || consent === 'denied') return void ledger.count(platform ? 'consent' : 'stopped')
      if (pendingCalls.push({ at: platform.now(), work }) <= maxPendingCalls) return
      pendingCalls.shift()
      ledger.drop('memory_full', null, 'consent has been pending for too long')
    } catch (cause) {
      ledger.drop('invalid', null, cause instanceof Error ? cause.message : 'it could not be read')
    } finally {
      ledger.measure('call', startedAt)
    }
    return
  }

  /** A method that records something. */
  const recorded =
    <Given extends unknown[]>(method: (recording: Recording) => (...given: Given) => unknown) =>
    (...given: Given): void => {
      attempt((active) => method(active)(...given))
    }

  /** While consent is pending, a message gets its id now, so that it can be appended to. */
  const identified = (input: MessageInput): MessageInput | undefined => {
    try {
      return {
        ...input,
        id: `${input.id ?? platform?.createId() ?? ''}`,
        createdAt: input.createdAt ?? platform?.now(),
      } as MessageInput
    } catch {
      return // a getter that throws: refused like any other bad input
    }
  }

  const record = () => {
    if (!platform || recording || consent !== 'granted') return
    recording = start(options, platform, ledger, deny, openedAt)
    if (!pendingCalls.length) return
    const resetAt = recording.visitor.resetAt()
    // The others were made by somebody who has logged out since.
    for (const { at, work } of pendingCalls.splice(0)) if (at >= resetAt) attempt(work)
  }

  /** Whoever uses this page from then on is another. */
  const leave = (at: number) => {
    if (at >= openedAt) delete options.userId
    platform?.sessionText.remove(options.storeName)
    pendingCalls = pendingCalls.filter((call) => call.at >= at)
  }

  /** Also what an earlier page of the site has left. */
  const wipe = () => {
    if (page && consent === 'denied') (recording ?? startRecording(options, page, ledger, deny, openedAt)).wipe()
  }

  const deny = () => enter('denied')

  const enter = (given: Consent) => {
    consent = given
    stopHearing()
    if (given === 'granted') return platform?.whenActivated(record)
    pendingCalls = []
    if (given === 'denied') page?.whenActivated(wipe)
    else recording?.stop()
    recording = null
    if (platform && given === 'pending') stopHearing = hearLogouts(platform, options.storeName, leave)
  }

  enter(consent)
  return {
    trackMessage(message) {
      if (recording) return attempt((active) => active.trackMessage(message)) ?? ''
      const input = identified(message)
      if (input) attempt((active) => active.trackMessage(input))
      return (consent !== 'denied' && input?.id) || ''
    },
    appendToMessage: recorded(({ recorder }) => recorder.appendToMessage),
    completeMessage: recorded(({ recorder }) => recorder.completeMessage),
    trackMessages: recorded(({ transcripts }) => transcripts.track),
    trackLinkClick: recorded(({ recorder }) => recorder.trackLinkClick),
    trackFeedback: recorded(({ recorder }) => recorder.trackFeedback),
    startConversation: (conversation) => attempt(({ current }) => wireIdOf(current.start(conversation ?? {}))) ?? '',
    identify: recorded(({ identity }) => identity.identify),
    reset() {
      if (!platform || recording) return attempt(({ identity }) => identity.reset())
      // Whoever answers the banner does so for themselves; and what this page may not write, another may have written.
      pendingCalls = []
      const { cookies, localText } = platform
      const at = platform.now()
      const memo = openMemo(localText, options.storeName)
      const isKnown = cookies.get(options.cookieName) || localText.get(options.storeName)
      if (isKnown) openVisitor(options, platform, memo, openedAt, noop, noop).reset(at)
      leave(at)
      const channel = platform.openChannel(options.storeName, noop)
      channel.post(at)
      channel.close()
    },
    setConsent(given) {
      // Refused once more: another tab may have been granted since. No pattern: what is no text may throw as one.
      const isNew = given !== consent || given === 'denied'
      if (isNew && ['granted', 'denied', 'pending'].includes(given)) enter(given)
    },
    registerRoot: recorded(({ registerRoot }) => registerRoot),
    flush: async () => (await recording?.flusher.flush()) ?? { delivered: [], pending: [] },
    getState: () => stateOf(recording, consent, ledger.counts),
    on: ledger.on,
    stop() {
      recording?.stop()
      stopHearing()
      recording = platform = null
      onStop()
    },
    takeOver({ apiKey }) {
      options.apiKey = apiKey
      recording?.setApiKey(apiKey)
    },
  }
}

const noop = () => {}

const defaultConsent = ({ doNotTrack }: ResolvedOptions, platform: Platform | null): Consent =>
  platform?.globalPrivacyControl || (doNotTrack && platform?.doNotTrack) ? 'denied' : 'granted'

function stateOf(recording: Recording | null, consent: Consent, counts: State['counts']): State {
  const { visitor, store, gate } = recording ?? {}
  return {
    visitor: {
      id: visitor?.knownId() ?? null,
      identificationType: visitor?.identificationType() ?? 'ANONYMOUS',
    },
    consent,
    storage: store?.isDurable() ? 'durable' : 'memory',
    conversations: store?.all().map((conversation) => describe(conversation, recording as Recording)) ?? [],
    sender: gate?.state() ?? { state: 'idle', reason: null, retryAt: null },
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
