import { aboutOf } from '../script/about.ts'
import type { Chatlog, Consent, ConversationInput, State } from '../script/chatlog.ts'
import { defaultConsent } from '../script/consented.ts'
import { withOptions } from '../script/given-options.ts'
import { parseJson, toJson } from '../script/json.ts'
import { defaultOptions, type InitOptions, type ResolvedOptions } from '../script/options.ts'
import { attempt } from '../script/platform.ts'
import { captureLinkClicks } from '../script/record/links.ts'
import { createCoreDoor } from './core-door.ts'
import { type Gap, openGap } from './gap.ts'
import { type GapCall, type GapCallName, lazyOptions } from './hand-over.ts'
import type { LazyPage } from './lazy-page.ts'
import type { CoreLoader } from './load-core.ts'

/** Most calls that wait for consent or for the core; later ones are dropped, and counted. */
const maxCalls = 1_000

const callNames: readonly GapCallName[] = [
  ...(['trackMessage', 'appendToMessage', 'completeMessage', 'trackMessages', 'trackLinkClick'] as const),
  ...(['trackFeedback', 'startConversation', 'discardConversation', 'identify', 'reset'] as const),
]

export interface LazyParts {
  /** @throws TypeError naming the option, its value and the remedy */
  resolve(given: InitOptions): ResolvedOptions
  page: LazyPage
  loader: CoreLoader
}

/** The `init` of `chatlog-lazy.js`: the instance takes calls at once, and loads what records them when it is needed. */
export function createLazyInit(parts: LazyParts): (given: InitOptions) => Chatlog {
  const instances = new Map<string, LazyInstance>()
  const open = (given: InitOptions, options: ResolvedOptions) => {
    const { storeName } = options
    const known = instances.get(storeName)
    known?.takeOver(given)
    const instance =
      known ?? createLazyInstance({ ...parts, given, options, onStop: () => instances.delete(storeName) })
    instances.set(storeName, instance)
    return instance
  }
  return (given) =>
    withOptions(
      given,
      { resolve: parts.resolve, moreOptions: lazyOptions },
      (options) => open(given, options),
      (problem) => refusedInstance({ ...defaultOptions, problem }),
    )
}

/** An instance that records nothing; `getState().problem` says why. */
function refusedInstance(options: ResolvedOptions): LazyInstance {
  const nothing = () => ''
  const methods = Object.fromEntries(callNames.map((name) => [name, nothing]))
  return {
    ...(methods as unknown as Pick<Chatlog, GapCallName>),
    ...{ setConsent: nothing, registerRoot: nothing, stop: nothing, takeOver: nothing, on: () => nothing },
    flush: async () => ({ delivered: [], pending: [] }),
    getState: () => stateBefore(options, 'granted', { recorded: 0, delivered: 0, dropped: {} }),
  }
}

interface LazyInstance extends Chatlog {
  /** Takes over the key of a second `init` with the same store name. */
  takeOver(given: InitOptions): void
}

interface LazyInstanceParts extends LazyParts {
  given: InitOptions
  options: ResolvedOptions
  onStop(): void
}

function createLazyInstance({ given, options, page, loader, onStop }: LazyInstanceParts): LazyInstance {
  let consent = options.consent ?? defaultConsent(options, page)
  const counts: State['counts'] = { recorded: 0, delivered: 0, dropped: {} }
  const gap = openGap({ options, page, isGranted: () => consent === 'granted' })
  const door = createCoreDoor({ given, page, loader, take: gap.handOver, consent: () => consent })

  const take = (name: GapCallName, given: unknown[]): unknown => {
    const core = door.core()
    if (core) return (core[name] as (...given: unknown[]) => unknown)(...given)
    const reason = door.isStopped()
      ? 'stopped'
      : consent === 'denied'
        ? 'consent'
        : gap.size() < maxCalls
          ? ''
          : 'memory_full'
    if (reason) {
      counts.dropped[reason] = (counts.dropped[reason] ?? 0) + 1
      return
    }
    const copies = given.map((value) => (value === undefined ? value : parseJson(toJson(value))))
    const call: GapCall = [name, page.now(), ...copies]
    const { answer = '', isDone } = prepare(call, page, gap)
    if (!isDone) gap.add(call)
    if (name === 'trackMessage') counts.recorded++
    // A site names its user on every page, though few visitors chat: `identify` alone doesn't load the core.
    if (consent === 'granted' && name !== 'identify') door.load()
    return answer
  }

  const consented = (answered: Consent) => {
    consent = answered
    if (answered === 'denied') gap.erase()
    if (answered !== 'granted') return
    gap.grant()
    if (gap.hasWork()) door.load()
  }

  door.until(page.onChatTouched(() => consent === 'granted' && door.load()))
  const links = options.captureLinks ? captureLinkClicks(page, (click) => take('trackLinkClick', [click])) : null
  if (links) door.until(links.stop)
  door.until(page.onLeaving(gap.leave))
  consented(consent)

  const methods = Object.fromEntries(callNames.map((name) => [name, (...given: unknown[]) => take(name, given)]))
  return {
    ...(methods as Pick<Chatlog, GapCallName>),
    trackMessage: (message) => `${take('trackMessage', [message]) ?? ''}`,
    startConversation: (conversation) => `${take('startConversation', [conversation ?? {}]) ?? ''}`,
    setConsent(answered) {
      const core = door.core()
      if (core) core.setConsent(answered)
      else if (['granted', 'denied', 'pending'].includes(answered)) consented(answered)
      else door.whenThere((core) => core.setConsent(answered)) // which says what is wrong with it
    },
    registerRoot(root) {
      // Where `root` is no shadow root, `links` throws here, and the core says later what is wrong.
      if (!door.core()) attempt(() => links?.registerRoot(root))
      door.whenThere((core) => core.registerRoot(root))
    },
    async flush() {
      const core = gap.size() ? await door.wait() : door.core()
      const conversationId = gap.conversationId()
      if (core || !conversationId) return core?.flush() ?? { delivered: [], pending: [] }
      return { delivered: [], pending: [{ conversationId, reason: 'unreachable' }] }
    },
    getState() {
      const { sender, ...state } = door.core()?.getState() ?? stateBefore(options, consent, counts)
      return { ...state, sender: { ...sender, ...door.missing() } }
    },
    on: door.on,
    stop() {
      door.stop()
      onStop()
    },
    takeOver: door.takeOver,
  }
}

/** What `getState` answers before the core runs: nothing is sent or stored. */
const stateBefore = (options: ResolvedOptions, consent: Consent, counts: State['counts']): State => ({
  waitsFor: options.problem ? 'options' : consent !== 'granted' ? 'consent' : counts.recorded ? 'delivery' : 'message',
  ...aboutOf(options, options.apiKey, 0),
  visitor: { id: null, identificationType: 'ANONYMOUS' },
  consent,
  storage: 'memory',
  conversations: [],
  sender: { state: 'idle', reason: null, retryAt: null, flushReason: null },
  counts: { ...counts, dropped: { ...counts.dropped } },
})

/**
 * Prepares the copies of a call's arguments for the core: it puts the ids that the page gets now into them, so that the
 * core uses the same, and notes where links lead, since the page's address may have changed when the core runs.
 *
 * @returns `answer`: what the page gets; `isDone`: the core needn't make the call
 */
function prepare([name, at, first]: GapCall, page: LazyPage, gap: Gap): { answer?: string; isDone?: boolean } {
  if (name === 'reset') gap.logOut(at)
  if (typeof first !== 'object' || !first) return {}
  const given = first as { id?: string; url?: string; href?: string; createdAt?: unknown }
  if (name === 'trackMessage') {
    given.id = `${given.id ?? ''}` || page.createId()
    given.createdAt ??= at
    return { answer: given.id }
  }
  if (name === 'trackLinkClick') given.href = page.absolute(`${given.url}`)
  if (name !== 'startConversation') return {}
  const { id, isDone } = gap.startConversation(given as ConversationInput)
  return { answer: id, isDone }
}
