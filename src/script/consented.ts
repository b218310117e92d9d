import type { Consent } from './chatlog.ts'
import { messageOf } from './json.ts'
import type { Ledger } from './ledger.ts'
import type { ResolvedOptions } from './options.ts'
import { createPendingCalls } from './pending-calls.ts'
import type { Platform } from './platform.ts'
import type { Recording, RecordingParts, startRecording } from './start.ts'
import { hearTabs } from './store/tab-channel.ts'
import { createSignedInUser, type SignedInUser, userIdOf } from './who/signed-in-user.ts'
import { type WithoutRecording, withoutRecording } from './without-recording.ts'

/** Keeps what the visitor allowed on this page, and lets calls run by it. */
export interface Consented {
  consent(): Consent
  /** Whether `stop` was called, or there is no page: nothing is recorded any more. */
  isStopped(): boolean
  /** What records now; `null` while nothing may be recorded, and after `stop`. */
  recording(): Recording | null
  /**
   * Runs a call of the page: now, once consent is granted, or never, which is counted. Nothing that it throws reaches
   * the page.
   */
  attempt<Result>(call: (recording: Recording) => Result): Result | undefined
  /** The visitor has answered the banner, or takes the answer back. */
  enter(given: Consent): void
  /** Somebody logs out while nothing is recorded. */
  logOut(): void
  /** Ends recording for good. A refusal after `stop` still deletes what this page and earlier ones have stored. */
  stop(): void
}

export interface ConsentedParts extends Pick<RecordingParts, 'options' | 'ledger' | 'apiKey'> {
  /** `null` where there is no page: nothing is ever recorded. */
  platform: Platform | null
  start: typeof startRecording
}

/** After so long nothing of a recording that has ended is saved any more, in milliseconds. */
const settledMs = 10_000

const tooManyCalls = 'too many calls came while consent was pending'

export function createConsented({ platform, start, ...rest }: ConsentedParts): Consented {
  const { options, ledger } = rest
  const openedAt = platform?.now() ?? 0
  const user = userOf(options, ledger)
  const pending = createPendingCalls<Recording>()
  const unrecorded = platform && withoutRecording(options, platform)
  const erasing = createErasing(user, unrecorded)
  let consent = options.consent ?? defaultConsent(options, platform)
  let recording: Recording | null = null
  let stopped = !platform
  let stopHearing = () => {}

  const attempt: Consented['attempt'] = (call) => {
    const startedAt = platform?.elapsedMs() ?? 0
    try {
      if (recording) return call(recording)
      if (stopped || consent === 'denied') return void ledger.count(stopped ? 'stopped' : 'consent')
      if (pending.add((platform as Platform).now(), call)) ledger.drop('memory_full', null, tooManyCalls)
    } catch (cause) {
      ledger.drop('invalid', null, messageOf(cause))
    } finally {
      ledger.measure('call', startedAt)
    }
    return
  }

  const record = () => {
    if (!platform || stopped || recording || consent !== 'granted') return
    const isErased = erasing.fromNowOn()
    recording = start({ ...rest, platform, user, isErased, onDenied: () => enter('denied'), openedAt })
    for (const call of pending.take(recording.visitor.resetAt)) attempt(call)
  }

  /** Somebody else uses this page from then on: forgets the user, the tab's conversation, and calls from before. */
  const letGo = (at: number) => {
    user.clear()
    unrecorded?.forgetTab()
    pending.dropBefore(at, platform?.now())
  }

  const enter = (given: Consent) => {
    consent = given
    stopHearing()
    if (given === 'granted') return platform?.whenActivated(record)
    pending.take()
    const ended = recording
    recording = null
    if (given === 'denied') platform?.whenActivated(() => consent === 'denied' && erasing.erase(ended))
    else ended?.stop()
    if (!platform || stopped || given !== 'pending') return
    const since = platform.elapsedMs()
    stopHearing = hearTabs(platform, options.storeName, letGo, () =>
      erasing.hear(platform.elapsedMs() - since < settledMs),
    )
  }

  enter(consent)
  return {
    consent: () => consent,
    isStopped: () => stopped,
    recording: () => recording,
    attempt,
    enter,
    logOut() {
      const at = platform?.now() ?? 0
      // The next visitor answers the banner for themselves.
      pending.take()
      unrecorded?.logOut(at)
      letGo(at)
    },
    stop() {
      recording?.stop()
      stopHearing()
      recording = null
      stopped = true
    },
  }
}

/** Deletes what this page and earlier ones have stored. */
function createErasing(user: SignedInUser, unrecorded: WithoutRecording | null) {
  let hasRecorded = false
  let erasures = 0
  return {
    /**
     * The visitor has refused in another tab: what has ended here saves nothing more.
     *
     * @param hasJustEnded it may have saved something since; a page that was frozen may hear of a refusal much later
     */
    hear(hasJustEnded: boolean) {
      erasures++
      if (hasRecorded && hasJustEnded) unrecorded?.deleteStored()
    },
    /** For a recording that begins now. @returns whether the visitor has refused since: what has ended may still save */
    fromNowOn() {
      hasRecorded = true
      const before = erasures
      return () => erasures > before
    },
    /** @param ended the recording that the refusal ends */
    erase(ended: Recording | null) {
      erasures++
      if (hasRecorded) user.clear()
      if (ended) ended.wipe()
      else unrecorded?.erase()
    },
  }
}

function userOf({ userId: given }: ResolvedOptions, ledger: Pick<Ledger, 'complain'>): SignedInUser {
  const userId = userIdOf(given)
  if (given && !userId) ledger.complain(`\`userId\` is ${given}, which names nobody: leave it out`)
  return createSignedInUser(userId)
}

/** The consent that counts where the site gives none. */
export const defaultConsent = (
  { doNotTrack }: ResolvedOptions,
  platform: Pick<Platform, 'globalPrivacyControl' | 'doNotTrack'> | null,
): Consent => (platform?.globalPrivacyControl || (doNotTrack && platform?.doNotTrack) ? 'denied' : 'granted')
