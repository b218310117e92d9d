import type { ChatlogEvents, DropReason, State } from '../script/chatlog.ts'
import { findLast } from '../script/lists.ts'
import type { TagOnPage } from './tag-on-page.ts'
import type { Obstacle } from './why-unreachable.ts'

/** One thing that a developer should know, and what to do about it. */
export interface Finding {
  level: 'error' | 'warning' | 'note'
  what: string
  toDo: string
}

const drops: Record<DropReason, string> = {
  invalid: 'The console and “Checked messages” below say what is wrong with each of them.',
  too_large: 'A message has more than 2,000,000 bytes. Pass links to large attachments, not their content.',
  before_store: 'Your beforeStore returned null for them.',
  stopped: 'The page calls chatlog after stop(). Call init again first.',
  consent: 'The page passed them while consent was denied.',
  memory_full: 'More than 1,000 calls came while consent was pending. Call setConsent sooner.',
  expired: 'chatlog could not deliver them for 30 days, and deleted them.',
  discarded: '`discardConversation` had removed their conversation. Start another one.',
  storage_budget: 'More than 10 MB were undelivered, so chatlog deleted the oldest messages.',
  corrupt: 'Something else wrote into chatlog’s database. chatlog leaves such rows alone.',
}

const findingsOfOptions = ({ problem }: State): Finding[] =>
  problem
    ? [{ level: 'error', what: problem, toDo: 'Correct this option in the tag, or where the page calls init.' }]
    : []

const findingsOfSilence = ({ waitsFor }: State): Finding[] => {
  if (waitsFor !== 'message') return []
  const toDo =
    'Call chatlog.trackMessage for each message of your widget. If the widget is not yours, load chatlog-observe.js with data-observe; the console names selectors that match nothing.'
  return [{ level: 'warning', what: 'This page has recorded nothing yet.', toDo }]
}

const findingsOfConsent = ({ consent }: State): Finding[] => {
  if (consent === 'pending') {
    const what = 'Consent is pending: chatlog keeps all calls in memory, and stores and sends nothing.'
    return [{ level: 'warning', what, toDo: 'Call chatlog.setConsent(…) with the visitor’s answer to the banner.' }]
  }
  if (consent === 'granted') return []
  const toDo =
    'The page called setConsent, or the browser sends Global Privacy Control. After chatlog.setConsent(‘granted’) chatlog records.'
  return [{ level: 'warning', what: 'Consent is denied: chatlog records nothing.', toDo }]
}

const toDoAgainst: Record<Obstacle, (endpoint: string) => string> = {
  policy: (endpoint) =>
    `The page’s Content Security Policy forbids requests to the endpoint. Add ${originOf(endpoint)} to connect-src, in the header or in the meta element.`,
  mixed_content: () => 'A page on https may not send requests to http. Use an endpoint with https.',
  local_network: () =>
    'A public page may reach a local endpoint only if the visitor allows it (Local Network Access). Allow it in the browser’s settings for this site, or serve the page from this machine.',
  cors: () =>
    'A server answers at this address, but without CORS headers, or it refuses the preflight request, so the browser does not let the page read the answer. Check that it is the collector, and that no proxy removes its headers.',
  this_address: () =>
    'The host answers, but not at this address. If the network panel says “blocked by client”, an ad blocker blocks it.',
  nothing_there: (endpoint) =>
    `Nothing answers at ${originOf(endpoint)}. Check that the collector is running, and that host and port are right. If the network panel says “blocked by client”, an ad blocker blocks the whole host.`,
}

const originOf = (endpoint: string): string => new URL(endpoint).origin

function findingsOfSender({ sender, endpoint }: State, obstacle: Obstacle | null): Finding[] {
  const { state, reason, retryAt } = sender
  const again = retryAt ? ` chatlog tries again at ${retryAt}.` : ''
  if (state === 'blocked') {
    const toDo = `Use a WEB key that exists, that nobody has revoked, and that allows this origin. Then reload the page.${again}`
    return [{ level: 'error', what: `chatlog sends nothing: ${reason ?? 'the endpoint refused the key'}`, toDo }]
  }
  if (state === 'unreachable') {
    const known = reason === 'connect-src' ? 'policy' : obstacle
    const toDo = known
      ? toDoAgainst[known](endpoint)
      : 'Look at the network panel. The cause may be an ad blocker, connect-src of the Content Security Policy, CORS, or a wrong endpoint.'
    return [{ level: 'error', what: 'The endpoint has never answered a request of this page.', toDo: toDo + again }]
  }
  if (state !== 'waiting') return []
  return [
    {
      level: 'warning',
      what: `The last request failed: ${reason ?? 'no answer'}`,
      toDo: `You need not do anything.${again || ' chatlog tries again by itself.'}`,
    },
  ]
}

function findingsOfMachine({ storage, visitor, consent }: State): Finding[] {
  if (consent !== 'granted') return []
  const found: Finding[] = []
  if (storage === 'memory') {
    const toDo = 'This is normal in a sandboxed frame or in a private window. Elsewhere, IndexedDB is full or broken.'
    found.push({
      level: 'warning',
      what: 'The browser lets chatlog store nothing here: messages live as long as this page.',
      toDo,
    })
  }
  if (visitor.identificationType === 'ANONYMOUS') {
    const toDo =
      'The option cookies is false, or the browser refuses cookies. In a cross-site iframe, set the option partitioned.'
    found.push({ level: 'note', what: 'The visitor has no cookie, and counts as a new visitor on every page.', toDo })
  }
  return found
}

function findingsOfConversations({ conversations }: State, refusals: readonly ChatlogEvents['refused'][]): Finding[] {
  return conversations.flatMap(({ id, state }): Finding[] => {
    if (state !== 'refused') return []
    const said = findLast(refusals, ({ conversationId }) => conversationId === id)
    const what = `The server refused conversation ${id}${said ? ` (${said.status}): ${said.detail}` : '.'}`
    return [
      {
        level: 'error',
        what,
        toDo: 'Correct what this message names. chatlog sends the conversation again once it changes.',
      },
    ]
  })
}

const findingsOfDrops = ({ counts }: State): Finding[] =>
  Object.entries(counts.dropped).map(([reason, count]) => ({
    level: 'warning',
    what: `chatlog dropped ${count} ${count === 1 ? 'message' : 'messages'}: ${reason}`,
    toDo: drops[reason as DropReason] ?? 'The console says why.',
  }))

/**
 * What stands in the way, worst first, each with what to do; empty when all is well.
 *
 * @param obstacle what keeps requests from an endpoint that has never answered; `null` where that isn't known
 */
export function explain(
  state: State,
  refusals: readonly ChatlogEvents['refused'][],
  obstacle: Obstacle | null = null,
): Finding[] {
  const order = ['error', 'warning', 'note']
  return [
    ...findingsOfOptions(state),
    ...findingsOfSender(state, obstacle),
    ...findingsOfConversations(state, refusals),
    ...(state.problem ? [] : findingsOfConsent(state)),
    ...findingsOfSilence(state),
    ...findingsOfDrops(state),
    ...findingsOfMachine(state),
  ].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
}

/** What the panel says while there is no instance. */
export function explainAbsence(hasStub: boolean, tag: TagOnPage | null): Finding {
  const what = hasStub ? 'The page queues calls, but chatlog.js has not started.' : 'There is no chatlog on this page.'
  return { level: hasStub ? 'warning' : 'error', what, toDo: toDoForTag(tag) }
}

function toDoForTag(tag: TagOnPage | null): string {
  if (!tag) return 'Put the tag of chatlog.js before this one.'
  if (tag.status === null)
    return `${tag.src} is still loading, or something blocked it: script-src of the Content Security Policy, an ad blocker, or a wrong hash in integrity.`
  if (tag.status >= 400) return `The server answered ${tag.status} for ${tag.src}. Correct the address in src.`
  if (!tag.hasKey) return 'Its tag has no data-api-key. Put the WEB key there, or call chatlog.init.'
  return `The browser has loaded ${tag.src}, but has not run it. The console says why. The hash in integrity may belong to another file.`
}
