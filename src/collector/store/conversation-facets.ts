import { createHash } from 'node:crypto'
import type { StoredConversation, StoredMessage } from '../../contract/answer.ts'
import type { UserProperties } from '../../contract/conversation.ts'
import { cleanText } from '../clean-json.ts'

/**
 * The kinds of values that conversations are found and counted by.
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

/** How many tags of a conversation, and links and clicks of a message, count: the first ones. */
const maxCounted = 1_000

type PropertiesHolder = { properties?: Record<string, unknown> | null | undefined }
type PersonHolder = PropertiesHolder & { userProperties?: UserProperties | null | undefined }

/** All facets of a conversation; the same conversation always gives the same ones. */
export function facetsOf(conversation: StoredConversation): Facet[] {
  const { messages } = conversation
  const counts = new Map<string, Facet>()
  addFacets(counts, ownFacets(conversation), 1)
  const baseUrl = pageUrlOf(conversation)
  for (const message of messages) addFacets(counts, messageFacets(message, baseUrl), 1)
  addFacets(counts, [['turns', String(messages.filter(isQuestion).length)]], 1)
  if (messages.findLast((message) => isQuestion(message) || isAnswer(message))?.role === 'user') {
    addFacets(counts, [['answer', unanswered]], 1)
  }
  return [...counts.values()]
}

/** Value of the facet `answer` of a conversation whose last question has none. Stores keep it by themselves. */
export const unanswered = 'none'

/** The parts of a conversation, before or after an upsert, that facets are made of. */
export type FacetSources = {
  /** Its own fields; `null` before it is stored. */
  fields: Omit<StoredConversation, 'messages'> | null
  /** The messages that the upsert writes, in this version. */
  messages: readonly StoredMessage[]
  /** Its questions in all, whether written or not. */
  questions: number
}

/**
 * How the counts of facets change, told without the messages that stay. It leaves out whether the last question is
 * unanswered.
 *
 * @param baseUrl the URL that relative links were made absolute with when the conversation was first stored
 * @returns facets whose `count` is to be added; it may be negative
 */
export function facetChanges(before: FacetSources, after: FacetSources, baseUrl: string | null): Facet[] {
  const counts = new Map<string, Facet>()
  for (const [{ fields, messages, questions }, sign] of [
    [before, -1],
    [after, 1],
  ] as const) {
    if (fields) addFacets(counts, [...ownFacets(fields), ['turns', String(questions)]], sign)
    for (const message of messages) addFacets(counts, messageFacets(message, baseUrl), sign)
  }
  return [...counts.values()].filter(({ count }) => count !== 0)
}

type FacetValue = [kind: FacetKind, value: string]

function ownFacets(conversation: Omit<StoredConversation, 'messages'>): FacetValue[] {
  const pageUrl = pageUrlOf(conversation)
  return [
    ...visitorIdsOf(conversation).map((id): FacetValue => ['visitor', id]),
    ...(conversation.tags ?? []).slice(0, maxCounted).map((tag): FacetValue => ['tag', tag]),
    ...(pageUrl === null ? [] : [['page', pageUrl] as FacetValue]),
    ...linkClicksOf(conversation).map(({ url }): FacetValue => ['clicked', url]),
  ]
}

function messageFacets(message: StoredMessage, baseUrl: string | null): FacetValue[] {
  return [
    ...visitorIdsOf(message).map((id): FacetValue => ['visitor', id]),
    ...linkClicksOf(message).map(({ url }): FacetValue => ['clicked', url]),
    ...shownUrlsOf(message, baseUrl).map((url): FacetValue => ['shown', url]),
    ...(isAnswer(message) ? [['answer', endOf(message)] as FacetValue] : []),
    ...dayOf(message).map((day): FacetValue => ['day', day]),
    ...feedbackOf(message).map((type): FacetValue => ['feedback', type]),
  ]
}

function addFacets(counts: Map<string, Facet>, values: readonly FacetValue[], sign: 1 | -1): void {
  for (const [kind, whole] of values) {
    const value = facetValue(whole)
    const known = counts.get(`${kind} ${value}`)
    if (known) known.count += sign
    else counts.set(`${kind} ${value}`, { kind, value, count: sign })
  }
}

/** Every id that names somebody: given by the site, or the one in their cookie. Never empty strings. */
export function visitorIdsOf(holder: PersonHolder): string[] {
  const { id, userId } = holder.userProperties ?? {}
  const ids = [id, userId, chatlogProperties(holder).visitorId].flatMap((value) =>
    typeof value === 'string' || typeof value === 'number' ? [String(value).normalize('NFC')] : [],
  )
  return [...new Set(ids)].filter((value) => value !== '')
}

/**
 * The clicks noted on a conversation or message. Anybody with a WEB key writes these: what isn't a click is left out.
 */
export function linkClicksOf(holder: PropertiesHolder): LinkClick[] {
  const clicks = chatlogProperties(holder).linkClicks
  if (!Array.isArray(clicks)) return []
  return clicks
    .slice(0, maxCounted)
    .filter((click) => typeof click?.url === 'string')
    .map(({ url, label, clickedAt }) => ({ url, label: textOrNull(label), clickedAt: textOrNull(clickedAt) }))
}

/** `properties.chatlog` of a conversation or message; empty where that isn't an object. */
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

/** URLs of the links that a message cites, made absolute: clicks are stored absolute, and the two are compared. */
function shownUrlsOf({ links }: StoredMessage, pageUrl: string | null): string[] {
  return (links ?? [])
    .slice(0, maxCounted)
    .map(({ url }) => (URL.canParse(url, pageUrl ?? undefined) ? wholeUrl(url, pageUrl) : url))
}

const wholeUrl = (url: string, pageUrl: string | null) => new URL(url, pageUrl ?? undefined).href

/**
 * The ways in which answers end. Anybody with a WEB key may write others: ten thousand would push these out of a list.
 */
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
