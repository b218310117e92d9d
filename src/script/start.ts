import type { MessageInput } from './chatlog.ts'
import { createArming } from './deliver/arming.ts'
import { openLeftovers } from './deliver/leftovers.ts'
import { createHandOver } from './deliver/page-end.ts'
import { createSchedule, type Schedule } from './deliver/schedule.ts'
import { openSenderGate, type SenderGate } from './deliver/sender-gate.ts'
import { createSending, type Sending } from './deliver/sending.ts'
import { createTransport } from './deliver/transport.ts'
import type { Ledger } from './ledger.ts'
import type { ResolvedOptions } from './options.ts'
import type { Platform } from './platform.ts'
import { captureLinkClicks } from './record/links.ts'
import { createRecorder, type Recorder } from './record/recorder.ts'
import { createTranscripts, type Transcripts } from './record/transcripts.ts'
import { type ConversationStore, openConversationStore } from './store/conversation-store.ts'
import { type CurrentConversation, openCurrentConversation } from './who/current-conversation.ts'
import { createIdentity, type Identity } from './who/identity.ts'
import { openMemo } from './who/memo.ts'
import type { SignedInUser } from './who/signed-in-user.ts'
import { openVisitor, raceMs, type Visitor } from './who/visitor.ts'

/** What one recording is made of. The instance owns all of it, and outlives the recording. */
export interface RecordingParts {
  options: ResolvedOptions
  platform: Platform
  ledger: Ledger
  user: SignedInUser
  /** The WEB key as it is now: a second `init` may change it. */
  apiKey(): string
  /** Called when the visitor has refused in another tab. */
  onDenied(): void
  /** Whether the visitor has refused since this recording began: it stores nothing then, also once it has ended. */
  isErased(): boolean
  /** When the page was opened, milliseconds since 1970. */
  openedAt: number
}

/** Everything that runs while the visitor may be recorded; `wipe` leaves no trace of it when they may not. */
export interface Recording {
  visitor: Visitor
  identity: Identity
  store: ConversationStore
  current: CurrentConversation
  recorder: Recorder
  transcripts: Transcripts
  sending: Sending
  schedule: Schedule
  gate: SenderGate
  /**
   * Records a message, behind the transcripts that the page gave before it and that still wait.
   *
   * @returns its id on the wire
   */
  trackMessage(message: MessageInput): string
  registerRoot(root: ShadowRoot): void
  /** Frees everything; what is stored stays for the next page. */
  stop(): void
  /** Takes back the requests under way, and deletes everything of this visitor from their machine. */
  wipe(): void
}

/** The way of a message: recorder -> store -> schedule -> sending -> transport. */
export function startRecording(parts: RecordingParts): Recording {
  const { options, platform, ledger, apiKey } = parts
  const memo = openMemo(platform.localText, options.storeName)
  const visitor = openVisitor({ ...parts, memo }) //                                  cookie -> userProperties
  const store = openConversationStore(platform, options.storeName, parts.isErased) // IndexedDB and journal
  const current = openCurrentConversation({ options, platform, visitor, memo, store }) // which conversation
  const recorder = createRecorder({ options, platform, store, current, ledger }) //   input -> row
  const transcripts = createTranscripts(recorder, current, store, (cause, id) =>
    ledger.drop('invalid', id, String(cause)),
  )
  const identity = createIdentity({ visitor, current, store, platform }) //           identify and reset
  const transport = createTransport({ ...options, apiKey, platform }) //              body -> DeliveryOutcome
  const gate = openSenderGate({ ...options, platform, memo, ledger, apiKey }) //                  may a request go?
  const arming = createArming({ store, transport, gate, platform, options }) //       what outlives the page
  const beforeSend = identity.adoptCookie
  const sending = createSending({ store, transport, gate, arming, ledger, platform, options, beforeSend }) // what
  const schedule = createSchedule({ store, sending, arming, gate, ledger, platform }) // when, and why
  const handOver = createHandOver({ store, transport, gate, arming, sending, platform, options })
  const links = options.captureLinks ? captureLinkClicks(platform, recorder.trackLinkClick) : null

  subscribeToStore(parts, { visitor, current, store, schedule })
  const ends = [
    visitor.onLeft(current.forgetTab),
    platform.onForbidden(gate.forbid),
    lookAtIdAgain(platform, visitor, identity),
    followPageLife({ platform, transcripts, store, recorder, current, visitor, schedule, handOver }),
    tidyUpNowAndThen(parts, store, current),
  ]
  const stop = () => {
    for (const end of ends) end()
    links?.stop()
    recorder.saveDrafts()
    schedule.stop()
  }
  return {
    ...{ visitor, identity, store, current, recorder, transcripts, sending, schedule, gate },
    trackMessage(message) {
      transcripts.settle()
      return recorder.trackMessage(message)
    },
    registerRoot: (root) => links?.registerRoot(root),
    stop() {
      stop()
      store.close()
    },
    wipe() {
      stop()
      visitor.wipe()
      current.forgetTab()
      memo.clear()
      store.clear()
      store.close()
    },
  }
}

/** Does what the store's news ask for. */
function subscribeToStore(
  { ledger, onDenied }: RecordingParts,
  { visitor, current, store, schedule }: Pick<Recording, 'visitor' | 'current' | 'store' | 'schedule'>,
): void {
  store.onChanged(schedule.changed)
  store.onHeaderMissing((conversation) => store.saveHeader(conversation, current.headerFor(conversation)))
  store.onDenied(onDenied)
  store.onLogout(visitor.loggedOutElsewhere)
  store.onMemoryOnly((cause) =>
    ledger.complain('nothing can be stored here; messages live as long as this page', cause),
  )
  store.onCorrupt(({ seq }) => ledger.drop('corrupt', null, `row ${seq} of the store makes no sense and is set aside`))
}

/**
 * Where this page has made a visitor id, looks at the cookie again after 1.5 s: a tab that opened at the same time has
 * written its own by then. @returns stops looking
 */
function lookAtIdAgain(platform: Platform, visitor: Visitor, identity: Identity): () => void {
  let cancel = () => {}
  visitor.onMade(() => {
    cancel = platform.setTimer(identity.adoptCookie, raceMs / 2)
  })
  return () => cancel()
}

interface PageLifeParts
  extends Pick<Recording, 'transcripts' | 'store' | 'recorder' | 'current' | 'visitor' | 'schedule'> {
  platform: Platform
  handOver(): void
}

/** Follows the page: it is hidden, goes, comes back, or is online again. @returns stops following */
function followPageLife({ platform, handOver, ...recording }: PageLifeParts): () => void {
  const { transcripts, store, recorder, current, visitor, schedule } = recording
  let left = false
  const writeDown = (leaving: boolean) => {
    transcripts.settle()
    store.runUrgent()
    recorder.saveDrafts()
    current.writePointer()
    left ||= leaving
    // A page that goes is told that it is hidden after that. A send would take a lock, and a lock keeps it out of the
    // back/forward cache.
    if (!left) return void schedule.flush('page_hidden')
    if (!leaving) return
    handOver()
    store.suspend()
  }
  const goOn = (restored: boolean) => {
    left = false
    visitor.follow(true)
    if (restored) store.resume()
  }
  const unsubscribes = [
    platform.onPageHidden(writeDown),
    platform.onPageShown(goOn),
    platform.onOnline(() => schedule.hurry('online')),
  ]
  return () => {
    for (const unsubscribe of unsubscribes) unsubscribe()
  }
}

/** How long after `openLeftovers` sends a conversation for the last time the next look deletes it, in milliseconds. */
const lookAgainMs = 5_000

/**
 * Sends or deletes what earlier pages left: once the page is idle, and then every `idleMinutes`.
 *
 * @returns stops that
 */
function tidyUpNowAndThen(
  { options, platform, ledger }: RecordingParts,
  store: ConversationStore,
  current: CurrentConversation,
): () => void {
  let stopped = false
  let lookedAgain = false
  let cancel = () => {}
  const tidyUp = async () => {
    if (stopped) return
    cancel = platform.setTimer(tidyUp, options.idleMinutes * 60_000)
    store.hear()
    current.get() // opens an earlier page's conversation: what the visitor clicks on next may stand in it
    const times = { now: platform.now(), elapsedMs: platform.elapsedMs() }
    const again = await openLeftovers(store, current, ledger, { ...times, merges: options.server === 'chatlog' })
    if (!again || stopped || lookedAgain) return
    lookedAgain = true
    cancel()
    cancel = platform.setTimer(tidyUp, lookAgainMs)
  }
  platform.whenIdle(tidyUp)
  return () => {
    stopped = true
    cancel()
  }
}
