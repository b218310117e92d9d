import type { Chatlog, MessageInput } from './chatlog.ts'
import { type Consented, createConsented } from './consented.ts'
import { wireIdOf } from './conversation/transcript.ts'
import { toJson } from './json.ts'
import { createLedger } from './ledger.ts'
import type { ResolvedOptions } from './options.ts'
import { type Platform, pageConsole } from './platform.ts'
import { type Recording, startRecording } from './start.ts'
import { stateOf } from './state.ts'

/** The public calls of one recording: each asks for consent first, and never throws. */
export interface Instance extends Chatlog {
  /** Takes over the key of a second `init` with the same store name. */
  takeKey(apiKey: string): void
}

/**
 * @param platform `null` where there is no page: nothing is ever recorded
 * @param onStop called by `stop`: another instance may have the store name
 */
export function createInstance(
  options: ResolvedOptions,
  platform: Platform | null,
  onStop: () => void,
  start = startRecording,
): Instance {
  const ledger = createLedger(options, platform ?? { console: pageConsole, measure() {} })
  let { apiKey } = options
  const consented = createConsented({ options, platform, ledger, start, apiKey: () => apiKey })
  const { attempt, recording, consent } = consented

  /** A method that records something. */
  const recordingMethod =
    <Given extends unknown[]>(method: (recording: Recording) => (...given: Given) => unknown) =>
    (...given: Given): void => {
      attempt((active) => method(active)(...given))
    }

  return {
    trackMessage: (message) => trackMessage(message, consented, platform),
    appendToMessage: recordingMethod(({ recorder }) => recorder.appendToMessage),
    completeMessage: recordingMethod(({ recorder }) => recorder.completeMessage),
    trackMessages: recordingMethod(({ transcripts }) => transcripts.track),
    trackLinkClick: recordingMethod(({ recorder }) => recorder.trackLinkClick),
    trackFeedback: recordingMethod(({ recorder }) => recorder.trackFeedback),
    startConversation: (conversation) => attempt(({ current }) => wireIdOf(current.start(conversation ?? {}))) ?? '',
    discardConversation: recordingMethod(({ current }) => current.discard),
    identify: recordingMethod(({ identity }) => identity.identify),
    reset() {
      if (!platform || recording()) attempt(({ identity }) => identity.reset())
      else consented.logOut()
    },
    setConsent(given) {
      // `given` isn't put into a pattern, since a value that is no text may throw when it becomes one.
      if (!['granted', 'denied', 'pending'].includes(given))
        ledger.complain(`setConsent: must be granted, denied or pending, got ${toJson(given)}`)
      // A second refusal counts too: in another tab the visitor may have consented since.
      else if (given !== consent() || given === 'denied') consented.enter(given)
    },
    registerRoot: recordingMethod(({ registerRoot }) => registerRoot),
    flush: async () => (await recording()?.schedule.flush('requested')) ?? { delivered: [], pending: [] },
    getState: () => stateOf({ recording: recording(), consent: consent(), ledger, options, apiKey }),
    on: ledger.on,
    stop() {
      consented.stop()
      onStop()
    },
    takeKey(changed) {
      apiKey = changed
      recording()?.schedule.hurry('key_changed')
    },
  }
}

/** Records a message. While consent is pending, it gets its id now, so that it can be appended to. */
function trackMessage(message: MessageInput, consented: Consented, platform: Platform | null): string {
  if (consented.recording()) return consented.attempt((active) => active.trackMessage(message)) ?? ''
  const input = identified(message, consented.isStopped() ? null : platform)
  if (input) consented.attempt((active) => active.trackMessage(input))
  return (consented.consent() !== 'denied' && input?.id) || ''
}

function identified(input: MessageInput, platform: Platform | null): MessageInput | undefined {
  try {
    return {
      ...input,
      id: `${input.id ?? ''}` || (platform?.createId() ?? ''),
      createdAt: input.createdAt ?? platform?.now(),
    } as MessageInput
  } catch {
    return // a getter that throws: refused like any other bad input
  }
}
