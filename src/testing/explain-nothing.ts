import type { FakeRequest } from './fake-request.ts'
import type { Looked } from './look.ts'
import { counted } from './side-by-side.ts'
import { refusalsIn } from './told.ts'
import type { Seen } from './witness.ts'

/** What is known of a test in which nothing was stored. */
export interface Circumstances {
  requests: readonly FakeRequest[]
  pages: readonly Looked[]
  seen: Seen
}

/** Looks for one cause, and says what to do about it; `null` where it isn't the cause. */
type Cause = (circumstances: Circumstances) => string | null

/** The causes, those nearest to the endpoint first: a request that got that far has passed those below. */
const causes: readonly Cause[] = [
  ({ requests }) => refusalsIn(requests).at(-1) ?? null,
  unanswered,
  wrongEndpoint,
  inPages(consentOf),
  dropped,
  inPages(senderOf),
  wrongOption,
  scriptNotLoaded,
  inPages(queued),
  inPages(awaitingInit),
  inPages(unmatched),
  inPages(silent),
  noScript,
]

/** `Nothing is stored: ` and why, with what to do: one or two lines. */
export function explainNothing(circumstances: Circumstances): string {
  for (const cause of causes) {
    const found = cause(circumstances)
    if (found) return `Nothing is stored: ${found}`
  }
  return 'Nothing is stored, and nothing says why: the attachments of this test hold what its pages did.'
}

function inPages(cause: (page: Looked) => string | null): Cause {
  return ({ pages }) => {
    for (const page of pages) {
      const found = cause(page)
      if (found) return found
    }
    return null
  }
}

function unanswered({ requests }: Circumstances): string | null {
  const open = requests.filter(({ status }) => status === null).at(-1)
  return open ? `${open.method} ${open.url} got no answer: chatlog.fail() is on, or the test ended first` : null
}

function wrongEndpoint({ seen }: Circumstances): string | null {
  const [url] = seen.heldBack
  if (!url) return null
  const remedy = `correct the endpoint, or say test.use({ chatlogEndpoint: '${url}' })`
  return `the page sends to ${url}, a wrong endpoint: it isn't …/conversations, so it was held back; ${remedy}`
}

function consentOf({ url, state }: Looked): string | null {
  if (state?.consent === 'pending') {
    return `consent is pending on ${url}: nobody has answered the banner (call chatlog.setConsent('granted'))`
  }
  return state?.consent === 'denied' ? `consent is denied on ${url}: by the page, or by Global Privacy Control` : null
}

function dropped({ pages, seen }: Circumstances): string | null {
  const page = pages.find(({ state }) => state && !state.counts.recorded && Object.keys(state.counts.dropped).length)
  if (!page) return null
  const counts = Object.entries(page.state?.counts.dropped ?? {}).map(([reason, count]) => `${count} as ${reason}`)
  const said = seen.lines.filter(({ text }) => text.includes('dropped')).at(-1)
  return `${page.url} dropped all it was given, ${counts.join(', ')}${said ? `: ${said.text}` : ''}`
}

function senderOf({ url, state }: Looked): string | null {
  if (!state?.counts.recorded) return null
  const { state: sender, reason } = state.sender
  const recorded = `${url} has recorded ${counted(state.counts.recorded, 'message')}`
  if (sender === 'blocked' || sender === 'unreachable' || sender === 'waiting') {
    return `${recorded}, and can't send: ${reason ?? sender}`
  }
  const due = 'a question waits up to 5 s for its answer, and an answer until it is complete'
  return `${recorded}, and hasn't sent yet: ${due}. chatlog.stored() asks it to`
}

function wrongOption({ seen }: Circumstances): string | null {
  const line = seen.lines.find(({ text }) => /nothing is recorded|must be/.test(text))
  return line ? `${line.text.replace(/^chatlog: /, '')} (${line.url})` : null
}

function queued({ url, queued: calls, tags }: Looked): string | null {
  if (!calls) return null
  const why = tags.length ? 'its script has not started' : 'no script tag of chatlog is on the page'
  return `${counted(calls.length, 'call')} queued on ${url} (${[...new Set(calls)].join(', ') || 'none yet'}), and ${why}`
}

function scriptNotLoaded({ seen, pages }: Circumstances): string | null {
  const [failed] = seen.failedScripts
  if (!failed || pages.some(({ state }) => state)) return null
  return `chatlog's script was not loaded on ${failed.page}: ${failed.url} (${failed.why})`
}

function awaitingInit({ url, awaitsInit }: Looked): string | null {
  return awaitsInit
    ? `chatlog is on ${url} and was not started: its tag has no data-api-key, and chatlog.init was not called`
    : null
}

function unmatched({ url, state, tags }: Looked): string | null {
  if (!state || state.counts.recorded) return null
  const wrong = tags.flatMap((tag) => Object.entries(tag.unmatched)).map(([name, selector]) => `${name}="${selector}"`)
  return wrong.length ? `${wrong.join(' and ')} matches nothing on ${url}: a wrong selector, or nothing was said` : null
}

function silent({ url, state, isMain }: Looked): string | null {
  if (!state || !isMain || state.counts.recorded) return null
  return `chatlog runs on ${url} and recorded nothing: no message was said there, or the page doesn't call trackMessage`
}

function noScript({ pages, seen }: Circumstances): string | null {
  const main = pages.filter(({ isMain, url }) => isMain && url !== 'about:blank')
  if (!main.length) return seen.pages ? 'every page of the test is closed, or shows nothing' : 'the test opened no page'
  const where = main.map(({ url }) => url).join(', ')
  if (pages.some(({ tags }) => tags.length))
    return `the script of chatlog has not started on ${where}, though its tag is there`
  const remedy = 'Where the page imports it, wait with chatlog.waitUntil()'
  return `no script of chatlog on ${where}: neither a tag nor window.chatlog. ${remedy}`
}
