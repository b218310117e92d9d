import type { Chatlog, MessageInput } from './chatlog.ts'
import { type Consented, createConsented } from './consented.ts'
import { wireIdOf } from './conversation/transcript.ts'
import { createLedger } from './ledger.ts'
import type { ResolvedOptions } from './options.ts'
import type { Platform } from './platform.ts'
import { type Recording, startRecording } from './start.ts'
import { stateOf } from './state.ts'

/** The public face of one recording: consent before everything, and never a throw. */
export interface Instance extends Chatlog {
  /** A second `init` with the same store name: takes over a changed key. */
  takeKey(apiKey: string): void
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
  let { apiKey } = options
  const consented = createConsented({ options, platform, ledger, start, apiKey: () => apiKey })
  const { attempt, recording, consent } = consented

  /** A method that records something. */
  const recorded =
    <Given extends unknown[]>(method: (recording: Recording) => (...given: Given) => unknown) =>
    (...given: Given): void => {
      attempt((active) => method(active)(...given))
    }

  return {
    trackMessage: (message) => trackMessage(message, consented, platform),
    appendToMessage: recorded(({ recorder }) => recorder.appendToMessage),
    completeMessage: recorded(({ recorder }) => recorder.completeMessage),
    trackMessages: recorded(({ transcripts }) => transcripts.track),
    trackLinkClick: recorded(({ recorder }) => recorder.trackLinkClick),
    trackFeedback: recorded(({ recorder }) => recorder.trackFeedback),
    startConversation: (conversation) => attempt(({ current }) => wireIdOf(current.start(conversation ?? {}))) ?? '',
    discardConversation: recorded(({ current }) => current.discard),
    identify: recorded(({ identity }) => identity.identify),
    reset() {
      if (!platform || recording()) attempt(({ identity }) => identity.reset())
      else consented.logOut()
    },
    setConsent(given) {
      // Refused once more: another tab may have been granted since. No pattern: what is no text may throw as one.
      const isNew = given !== consent() || given === 'denied'
      if (isNew && ['granted', 'denied', 'pending'].includes(given)) consented.enter(given)
    },
    registerRoot: recorded(({ registerRoot }) => registerRoot),
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
