import { type ReceivedRequest, type ServedConversation, textOf } from '../script/fakes/fake-endpoint.ts'
import { endPage, hearingMs, type Model, type Real, type Recorded } from './world.ts'

interface Served {
  conversationId: string
  /** It goes on where another one ended. */
  continues: boolean
  /** Place in its conversation. */
  place: number
  content: string
  status: unknown
  clicks: string[]
}

/** Network and server are well again, the visitor comes back once more, and a day passes. */
export async function nextVisit(model: Model, { browser, tabs, logs, options }: Real): Promise<void> {
  browser.endpoint.always(null)
  await browser.goOnline()
  for (const [index, page] of model.pages.entries()) {
    const tab = tabs[index]
    if (!page || !tab) continue
    const isSame = page.cached ? await tab.comeBack() : true
    if (!isSame) endPage(model, index, false)
    if (isSame && page.growing) {
      page.growing.status = 'complete'
      logs[index]?.completeMessage(page.growing.callerId as string)
    }
    if (model.setting.endsClosed) await tab.close()
  }
  // Without Web Locks only its age tells that an answer has no page any more.
  await browser.advance(model.setting.locks ? 200 : 90_000)
  browser.openTab().start(options)
  await browser.advance(26 * 3_600_000)
}

/** In what the server differs from what was recorded; empty when all is well. */
export function differences(model: Model, { browser }: Real): string[] {
  const { endpoint, localStorage } = browser
  const served = endpoint.conversations().flatMap(servedMessages)
  const found = new Map<Recorded, Served>()
  const wrong = [...endpoint.violations, ...falselyInterrupted(model, endpoint.requests)]

  for (const message of served) {
    const recorded = recordedAs(model, message.content)
    if (!recorded) wrong.push(`nobody recorded «${message.content}»`)
    else {
      const copy = found.get(recorded)
      if (copy && !mayBeRepeated(model, recorded, [copy, message])) wrong.push(`doubled: «${recorded.text}»`)
      found.set(recorded, message)
    }
  }
  for (const recorded of model.recorded) wrong.push(...differencesOf(recorded, found.get(recorded)))
  wrong.push(...outOfOrder(model.recorded, found))
  const kept = [...localStorage.entries].reduce((sum, [key, value]) => sum + key.length + value.length, 0)
  if (kept > 512) wrong.push(`localStorage still holds ${kept} characters`)
  return wrong
}

/** Which recorded message this is: they differ up to their first full stop. */
const recordedAs = ({ recorded }: Model, content: string): Recorded | undefined =>
  recorded.find(({ text }) => content.startsWith(text.slice(0, text.indexOf('.') + 1)))

/** Nobody says `interrupted` of an answer that another tab still receives. Without Web Locks nobody can know. */
function falselyInterrupted(model: Model, requests: readonly ReceivedRequest[]): string[] {
  if (!model.setting.locks) return []
  return requests.flatMap(({ at, text }) =>
    servedMessages(JSON.parse(text))
      .filter(({ content, status }) => status === 'interrupted' && at < (recordedAs(model, content)?.endedAt ?? 0))
      .map(({ content }) => `at ${at} ms «${content}» was called interrupted`),
  )
}

/**
 * What is delivered is forgotten after a while: a whole transcript that comes again then goes on under a new id. So does
 * a conversation whose beginning was lost in a crash: then nobody has the history to go on with.
 */
const mayBeRepeated = ({ transcript, recorded: all }: Model, recorded: Recorded, copies: Served[]): boolean =>
  copies.some(({ continues }) => continues) && (transcript.includes(recorded) || all.some(({ mayBeLost }) => mayBeLost))

const servedMessages = ({ id, properties, messages }: ServedConversation): Served[] =>
  messages.map((message, place) => {
    const { status, linkClicks = [] } = (message.properties?.chatlog ?? {}) as {
      status?: string
      linkClicks?: { url: string }[]
    }
    const { continues } = (properties?.chatlog ?? {}) as { continues?: string }
    return {
      conversationId: id,
      continues: continues !== undefined,
      place,
      content: textOf(message.content),
      status,
      clicks: linkClicks.map(({ url }) => url),
    }
  })

function differencesOf(recorded: Recorded, served: Served | undefined): string[] {
  const { text, status, clicks, mayBeLost, mayBeCut } = recorded
  if (!served) return mayBeLost ? [] : [`missing: «${text}»`]
  const wrong: string[] = []
  if (mayBeLost) return wrong
  const isSame = mayBeCut ? text.startsWith(served.content) : text === served.content
  if (!isSame) wrong.push(`«${text}» is served as «${served.content}»`)
  if (served.status !== status) wrong.push(`«${text}» is ${status}, served as ${served.status}`)
  if ([...clicks].sort().join() !== [...served.clicks].sort().join()) {
    wrong.push(`«${text}» has the clicks ${clicks}, served with ${served.clicks}`)
  }
  return wrong
}

/** Messages of one page stand in the order of recording; those of two, once one could have heard of the other. */
function outOfOrder(recorded: readonly Recorded[], found: ReadonlyMap<Recorded, Served>): string[] {
  const wrong: string[] = []
  recorded.forEach((earlier, index) => {
    const first = found.get(earlier)
    for (const later of recorded.slice(index + 1)) {
      const second = found.get(later)
      if (!first || !second || first.conversationId !== second.conversationId || first.place < second.place) continue
      const couldHear = !earlier.unheard && later.at - Math.max(earlier.at, later.hearsSince) > hearingMs
      if (earlier.page === later.page || couldHear) {
        wrong.push(`«${later.text}» stands before «${earlier.text}»`)
      }
    }
  })
  return wrong
}
