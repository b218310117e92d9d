import type { MessageInput } from './chatlog.ts'
import type { Conversation } from './conversation/conversation.ts'
import { createFlusher, type Flusher } from './deliver/flusher.ts'
import { openLeftovers } from './deliver/leftovers.ts'
import { openSenderGate, type SenderGate } from './deliver/sender-gate.ts'
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
import { openVisitor, raceMs, type Visitor } from './who/visitor.ts'

/** Everything that runs while the visitor may be recorded; gone without a trace when they may not. */
export interface Recording {
  visitor: Visitor
  identity: Identity
  store: ConversationStore
  current: CurrentConversation
  recorder: Recorder
  transcripts: Transcripts
  flusher: Flusher
  gate: SenderGate
  /** After the transcripts that were given before it. */
  trackMessage(message: MessageInput): string
  registerRoot(root: ShadowRoot): void
  setApiKey(apiKey: string): void
  /** Frees everything; what is stored stays for the next page. */
  stop(): void
  /** Deletes everything of this visitor from their machine, and takes back what is under way. */
  wipe(): void
}

/**
 * The way of a message: recorder -> store -> flusher -> transport.
 *
 * @param onDenied in another tab the visitor has refused
 * @param openedAt when the page was, milliseconds since 1970
 */
export function startRecording(
  options: ResolvedOptions,
  platform: Platform,
  ledger: Ledger,
  onDenied: () => void,
  openedAt: number,
): Recording {
  const { storeName } = options
  let { apiKey } = options
  const memo = openMemo(platform.localText, storeName)
  const visitor = openVisitor(
    options,
    platform,
    memo,
    openedAt,
    () => lookAgain(),
    () => current.forget(),
  ) // cookie -> userProperties
  const current = openCurrentConversation(options, platform, visitor, memo, () => store) // which conversation
  const store = openConversationStore(platform, storeName, {
    //                   IndexedDB and journal
    headerFor: current.headerFor,
    onDenied,
    onLogout: visitor.leave,
    onMemoryOnly: (cause) => ledger.complain('nothing can be stored here; messages live as long as this page', cause),
    onCorrupt: ({ seq }) => ledger.drop('corrupt', null, `row ${seq} of the store makes no sense and is set aside`),
    onDirty: (conversation, delayMs) => onRecorded(conversation, delayMs),
  })
  const transport = createTransport(options, platform) //                         body -> DeliveryOutcome
  const gate = openSenderGate(platform, memo, ledger, () => apiKey) //            may a request go?
  const beforeSend = () => identity.adoptCookie()
  const flusher = createFlusher({ store, transport, gate, ledger, platform, options, beforeSend }) // when
  const onRecorded = (conversation: Conversation, delayMs: number | null) => flusher.recorded(conversation, delayMs)
  const recorder = createRecorder({ options, platform, store, current, ledger, onRecorded }) // input -> row
  const transcripts = createTranscripts(recorder, current, store, (cause) =>
    ledger.drop('invalid', null, String(cause)),
  )
  const identity = createIdentity(visitor, current, store, platform, onRecorded) // identify and reset
  let cancelLook = () => {}
  // A tab that was as quick has written its own id by then.
  const lookAgain = () => {
    cancelLook = platform.setTimer(identity.adoptCookie, raceMs / 2)
  }
  const links = options.captureLinks ? captureLinkClicks(platform, recorder.trackLinkClick) : null

  let left = false
  const writeDown = (leaving: boolean) => {
    transcripts.settle()
    store.runUrgent()
    recorder.saveDrafts()
    current.writePointer()
    left ||= leaving
    // A page that goes hears that it is hidden after that: a lock now would keep it out of the back/forward cache.
    if (!left) return void flusher.flush()
    if (!leaving) return
    flusher.handOver()
    store.suspend()
  }
  const goOn = (restored: boolean) => {
    left = false
    visitor.follow(true)
    if (restored) store.resume()
  }
  const unsubscribes = [platform.onPageHidden(writeDown), platform.onPageShown(goOn), platform.onOnline(flusher.hurry)]
  let stopped = false
  let stopTidying = () => {}
  const tidyUp = () => {
    if (stopped) return
    stopTidying = platform.setTimer(tidyUp, options.idleMinutes * 60_000)
    store.hear()
    current.get() // an earlier page's: what the visitor clicks on next may stand in it
    void openLeftovers(store, current, ledger, platform.now())
  }
  platform.whenIdle(tidyUp)

  const stop = () => {
    for (const unsubscribe of unsubscribes) unsubscribe()
    stopped = true
    stopTidying()
    cancelLook()
    links?.stop()
    recorder.saveDrafts()
    flusher.stop()
  }
  return {
    ...{ visitor, identity, store, current, recorder, transcripts, flusher, gate },
    trackMessage(message) {
      transcripts.settle()
      return recorder.trackMessage(message)
    },
    registerRoot: (root) => links?.registerRoot(root),
    setApiKey(changed) {
      apiKey = changed
      transport.setApiKey(changed)
      flusher.hurry()
    },
    stop() {
      stop()
      store.close()
    },
    wipe() {
      stop()
      visitor.wipe()
      current.forget()
      memo.clear()
      store.clear()
      store.close()
    },
  }
}
