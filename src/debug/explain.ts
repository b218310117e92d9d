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
  invalid: 'The console says what is wrong with each; “Checked messages” below too.',
  too_large: 'One message has over 2,000,000 bytes: send large attachments as links.',
  before_store: 'Your beforeStore returned null for these.',
  stopped: 'Something calls chatlog after stop().',
  consent: 'They were said while consent was denied.',
  memory_full: 'Call setConsent sooner: over 1,000 calls came while it was pending.',
  expired: 'They could not be delivered for 30 days.',
  discarded: 'Their conversation had been removed by `discardConversation`.',
  storage_budget: 'Over 10 MB were undelivered; the oldest went.',
  corrupt: 'Something else wrote into chatlog’s database.',
}

const findingsOfOptions = ({ problem }: State): Finding[] =>
  problem ? [{ level: 'error', what: problem, toDo: 'Correct it in the tag, or where the page calls init.' }] : []

const findingsOfSilence = ({ waitsFor }: State): Finding[] => {
  if (waitsFor !== 'message') return []
  const toDo =
    'Call chatlog.trackMessage for each message of your widget; for one that isn’t yours load chatlog-observe.js with data-observe, and look in the console for selectors that match nothing.'
  return [{ level: 'warning', what: 'Nothing has been recorded yet.', toDo }]
}

const findingsOfConsent = ({ consent }: State): Finding[] => {
  if (consent === 'pending') {
    const what = 'Consent is pending: everything is held in memory, nothing is stored or sent.'
    return [{ level: 'warning', what, toDo: 'Call chatlog.setConsent(…) with the banner’s answer.' }]
  }
  if (consent === 'granted') return []
  const toDo = 'The page said so, or the browser sends Global Privacy Control. chatlog.setConsent(‘granted’) ends it.'
  return [{ level: 'warning', what: 'Consent is denied: nothing is recorded.', toDo }]
}

const toDoAgainst: Record<Obstacle, (endpoint: string) => string> = {
  policy: (endpoint) =>
    `The page’s Content Security Policy forbids it: add ${originOf(endpoint)} to connect-src, in the header or the meta element.`,
  mixed_content: () => 'A page on https may not send to http: give the endpoint https.',
  local_network: () =>
    'A public page may reach a local endpoint only where the visitor allows it (Local Network Access): allow it in the site’s settings of the browser, or open the page from this machine.',
  cors: () =>
    'Something answers there, and the browser lets no page read it: it sends no CORS headers, or refuses the preflight. Is it the collector, and does a proxy drop its headers?',
  this_address: () =>
    'The host answers, and not at this address: an ad blocker stands in the way, where the network panel says “blocked by client”.',
  nothing_there: (endpoint) =>
    `Nothing answers at ${originOf(endpoint)}: is it running, and are host and port right? An ad blocker may forbid the whole host: the network panel says “blocked by client” then.`,
}

const originOf = (endpoint: string): string => new URL(endpoint).origin

function findingsOfSender({ sender, endpoint }: State, obstacle: Obstacle | null): Finding[] {
  const { state, reason, retryAt } = sender
  const again = retryAt ? ` The next try is at ${retryAt}.` : ''
  if (state === 'blocked') {
    const toDo = `Use a WEB key that exists, isn’t revoked and allows this origin, then reload.${again}`
    return [{ level: 'error', what: `Nothing is sent: ${reason ?? 'the key was refused'}`, toDo }]
  }
  if (state === 'unreachable') {
    const known = reason === 'connect-src' ? 'policy' : obstacle
    const toDo = known
      ? toDoAgainst[known](endpoint)
      : 'Look at the network panel: an ad blocker, connect-src of the Content Security Policy, CORS, or a wrong endpoint.'
    return [{ level: 'error', what: 'No request of this page has ever been answered.', toDo: toDo + again }]
  }
  if (state !== 'waiting') return []
  return [
    {
      level: 'warning',
      what: `The last request failed: ${reason ?? 'no answer'}`,
      toDo: `It is tried again by itself.${again}`,
    },
  ]
}

function findingsOfMachine({ storage, visitor, consent }: State): Finding[] {
  if (consent !== 'granted') return []
  const found: Finding[] = []
  if (storage === 'memory') {
    const toDo = 'Normal in a sandboxed frame or private window; else IndexedDB is full or broken.'
    found.push({ level: 'warning', what: 'Nothing can be stored here: messages live as long as this page.', toDo })
  }
  if (visitor.identificationType === 'ANONYMOUS') {
    const toDo = 'cookies is false, or the browser refuses cookies: in a cross-site iframe set partitioned.'
    found.push({ level: 'note', what: 'The visitor has no cookie and is a new one on every page.', toDo })
  }
  return found
}

function findingsOfConversations({ conversations }: State, refusals: readonly ChatlogEvents['refused'][]): Finding[] {
  return conversations.flatMap(({ id, state }): Finding[] => {
    if (state !== 'refused') return []
    const said = findLast(refusals, ({ conversationId }) => conversationId === id)
    const what = `The server refused conversation ${id}${said ? ` (${said.status}): ${said.detail}` : '.'}`
    return [{ level: 'error', what, toDo: 'It is sent again once it changes: correct what is named.' }]
  })
}

const findingsOfDrops = ({ counts }: State): Finding[] =>
  Object.entries(counts.dropped).map(([reason, count]) => ({
    level: 'warning',
    what: `${count} dropped: ${reason}`,
    toDo: drops[reason as DropReason] ?? 'The console says more.',
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
  const what = hasStub ? 'Calls are queued, and chatlog.js hasn’t started.' : 'There is no chatlog on this page.'
  return { level: hasStub ? 'warning' : 'error', what, toDo: toDoForTag(tag) }
}

function toDoForTag(tag: TagOnPage | null): string {
  if (!tag) return 'Put the tag of chatlog.js before this one.'
  if (tag.status === null)
    return `${tag.src} is still loading, or was blocked: by the policy’s script-src, an ad blocker, or integrity.`
  if (tag.status >= 400) return `${tag.src} was answered ${tag.status}: correct the address in src.`
  if (!tag.hasKey) return 'Its tag has no data-api-key: put the WEB key there, or call chatlog.init.'
  return `${tag.src} has come and hasn’t run: the console says why; the hash in integrity may be another file’s.`
}
