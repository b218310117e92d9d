import type { ChatlogEvents, DropReason, State } from '../script/chatlog.ts'
import { findLast } from '../script/lists.ts'

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

const findingsOfConsent = ({ consent }: State): Finding[] => {
  if (consent === 'pending') {
    const what = 'Consent is pending: everything is held in memory, nothing is stored or sent.'
    return [{ level: 'warning', what, toDo: 'Call chatlog.setConsent(…) with the banner’s answer.' }]
  }
  if (consent === 'granted') return []
  const toDo = 'The page said so, or the browser sends Global Privacy Control. chatlog.setConsent(‘granted’) ends it.'
  return [{ level: 'warning', what: 'Consent is denied: nothing is recorded.', toDo }]
}

function findingsOfSender({ sender }: State): Finding[] {
  const { state, reason, retryAt } = sender
  const again = retryAt ? ` The next try is at ${retryAt}.` : ''
  if (state === 'blocked') {
    const toDo = `Use a WEB key that exists, isn’t revoked and allows this origin, then reload.${again}`
    return [{ level: 'error', what: `Nothing is sent: ${reason ?? 'the key was refused'}`, toDo }]
  }
  if (state === 'unreachable') {
    const toDo =
      'Look at the network panel: an ad blocker, connect-src of the Content Security Policy, CORS, or a wrong endpoint.'
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

/** What stands in the way, worst first, each with what to do; empty when all is well. */
export function explain(state: State, refusals: readonly ChatlogEvents['refused'][]): Finding[] {
  const order = ['error', 'warning', 'note']
  return [
    ...findingsOfSender(state),
    ...findingsOfConversations(state, refusals),
    ...findingsOfConsent(state),
    ...findingsOfDrops(state),
    ...findingsOfMachine(state),
  ].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
}

/** What to say while there is no instance. */
export const explainAbsence = (hasStub: boolean): Finding =>
  hasStub
    ? {
        level: 'warning',
        what: 'Calls are queued, and chatlog.js hasn’t started.',
        toDo: 'It is still loading, was blocked, has no data-api-key, or the console says which option is wrong.',
      }
    : { level: 'error', what: 'There is no chatlog on this page.', toDo: 'Put the tag of chatlog.js before this one.' }
