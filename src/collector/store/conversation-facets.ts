import { createHash } from 'node:crypto'
import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'
import type { UserProperties } from '../../contract/conversation.ts'
import { cleanText } from '../clean-json.ts'

/**
 * What a conversation is found and counted by.
 *
 * `visitor`, `tag`, `page`, `clicked` (a link's URL) find it; `shown` (a cited link's URL), `answer` (how an answer
 * ended, `none` for a question without one), `day` (UTC, of messages), `turns` and `feedback` count.
 */
export type FacetKind = 'visitor' | 'tag' | 'page' | 'clicked' | 'shown' | 'answer' | 'day' | 'turns' | 'feedback'

/** One value of a conversation, and how often it stands in it. */
export type Facet = { kind: FacetKind; value: string; count: number }

/** A click on a link, as the script notes it. `url` is any text: check before following it. */
export type LinkClick = { url: string; label: string | null; clickedAt: string | null }

/** Longest value of a facet, in UTF-16 units: databases index keys of some 2,700 bytes. */
const maxValueLength = 512

/** Tags of a conversation, and links and clicks of a message, that it is found and counted by: the first ones. */
const maxCounted = 1_000

type PropertiesHolder = { properties?: Record<string, unknown> | null | undefined }
type PersonHolder = PropertiesHolder & { userProperties?: UserProperties | null | undefined }

/** Everything that a conversation is found and counted by; the same conversation always gives the same ones. */
export function facetsOf(conversation: StoredConversation): Facet[] {
  const { messages, tags } = conversation
  const pageUrl = pageUrlOf(conversation)
  const values: [FacetKind, string][] = [
    ...[conversation, ...messages].flatMap(visitorIdsOf).map((id): [FacetKind, string] => ['visitor', id]),
    ...(tags ?? []).slice(0, maxCounted).map((tag): [FacetKind, string] => ['tag', tag]),
    ...(pageUrl === null ? [] : ([['page', pageUrl]] as [FacetKind, string][])),
    ...[conversation, ...messages].flatMap(linkClicksOf).map(({ url }): [FacetKind, string] => ['clicked', url]),
    ...messages.flatMap((message) => shownUrlsOf(message, pageUrl)).map((url): [FacetKind, string] => ['shown', url]),
    ...answersOf(messages).map((answer): [FacetKind, string] => ['answer', answer]),
    ...messages.flatMap(dayOf).map((day): [FacetKind, string] => ['day', day]),
    ['turns', String(messages.filter(isQuestion).length)],
    ...messages.flatMap(feedbackOf).map((type): [FacetKind, string] => ['feedback', type]),
  ]
  return countFacets(values)
}

/** Every id that names somebody: given by the site, or the one in their cookie. Never empty strings. */
export function visitorIdsOf(holder: PersonHolder): string[] {
  const { id, userId } = holder.userProperties ?? {}
  const ids = [id, userId, chatlogProperties(holder).visitorId].flatMap((value) =>
    typeof value === 'string' || typeof value === 'number' ? [String(value).normalize('NFC')] : [],
  )
  return [...new Set(ids)].filter((value) => value !== '')
}

/** The clicks noted on a conversation or message. Anybody with a WEB key writes these: what isn't a click is left out. */
export function linkClicksOf(holder: PropertiesHolder): LinkClick[] {
  const clicks = chatlogProperties(holder).linkClicks
  if (!Array.isArray(clicks)) return []
  return clicks
    .slice(0, maxCounted)
    .filter((click) => typeof click?.url === 'string')
    .map(({ url, label, clickedAt }) => ({ url, label: textOrNull(label), clickedAt: textOrNull(clickedAt) }))
}

/** What chatlog itself noted on a conversation or message; empty when that isn't an object. */
export function chatlogProperties({ properties }: PropertiesHolder): Record<string, unknown> {
  const chatlog = properties?.chatlog
  return typeof chatlog === 'object' && chatlog !== null ? (chatlog as Record<string, unknown>) : {}
}

/** The URL of the page on which the conversation began, or `null`. */
export function pageUrlOf(conversation: PropertiesHolder): string | null {
  const page = chatlogProperties(conversation).page
  return typeof page === 'object' && page !== null && 'url' in page ? textOrNull(page.url) : null
}

/** A value as facets hold it: whole, or its beginning and its hash where it is too long for an index. */
export function facetValue(value: string): string {
  if (value.length <= maxValueLength) return value
  return cleanText(`${value.slice(0, maxValueLength - 72)}…${createHash('sha256').update(value).digest('hex')}`)
}

function countFacets(values: [FacetKind, string][]): Facet[] {
  const facets = new Map<string, Facet>()
  for (const [kind, whole] of values) {
    const value = facetValue(whole)
    const known = facets.get(`${kind} ${value}`)
    if (known) known.count += 1
    else facets.set(`${kind} ${value}`, { kind, value, count: 1 })
  }
  return [...facets.values()]
}

/** URLs of the links that a message cites, made absolute: clicks are stored absolute, and the two are compared. */
function shownUrlsOf({ links }: StoredMessage, pageUrl: string | null): string[] {
  return (links ?? [])
    .slice(0, maxCounted)
    .map(({ url }) => (URL.canParse(url, pageUrl ?? undefined) ? wholeUrl(url, pageUrl) : url))
}

const wholeUrl = (url: string, pageUrl: string | null) => new URL(url, pageUrl ?? undefined).href

/** How each answer ended, and `none` when the last question has no answer. */
function answersOf(messages: StoredMessage[]): string[] {
  const said = messages.filter((message) => isQuestion(message) || isAnswer(message))
  const ends = said.filter(isAnswer).map(endOf)
  return said.at(-1)?.role === 'user' ? [...ends, 'none'] : ends
}

/** How answers end. Anybody with a WEB key writes statuses: ten thousand invented ones would push these out of a list. */
const knownEnds = new Set(['complete', 'streaming', 'aborted', 'error', 'interrupted'])

function endOf(answer: StoredMessage): string {
  const status = textOrNull(chatlogProperties(answer).status) ?? 'complete'
  return knownEnds.has(status) ? status : 'other'
}

const isQuestion = ({ role }: StoredMessage) => role === 'user'
const isAnswer = ({ role }: StoredMessage) => role === 'assistant'

function dayOf({ createdAt }: StoredMessage): string[] {
  const date = new Date(createdAt)
  return Number.isNaN(date.getTime()) ? [] : [date.toISOString().slice(0, 10)]
}

function feedbackOf(message: StoredMessage): string[] {
  const feedback = chatlogProperties(message).feedback
  const type = typeof feedback === 'object' && feedback !== null && 'type' in feedback ? feedback.type : null
  return type === 'positive' || type === 'negative' ? [type] : []
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** What has to be written so that the stored facets are those of the conversation. */
export interface FacetChanges {
  changed: Facet[]
  gone: Facet[]
}

/**
 * Compares the facets of a conversation with those of the stored one.
 *
 * @param before what is stored now, `null` where nothing is
 */
export function facetChanges(before: StoredConversation | null, after: StoredConversation): FacetChanges {
  const known = new Map((before ? facetsOf(before) : []).map((facet) => [keyOf(facet), facet]))
  const hasMoved = before !== null && Date.parse(before.createdAt) !== Date.parse(after.createdAt)
  const changed = facetsOf(after).filter((facet) => {
    const isKnown = known.get(keyOf(facet))?.count === facet.count
    known.delete(keyOf(facet))
    return !isKnown || hasMoved
  })
  return { changed, gone: [...known.values()] }
}

const keyOf = ({ kind, value }: Facet) => `${kind} ${value}`
