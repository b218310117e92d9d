import type { StoredConversation } from '../../contract/answer.ts'
import { isAskedAgain } from './asked.ts'
import { type FacetKind, facetsOf, facetValue } from './conversation-facets.ts'
import { asksNotFound, badEnds } from './looked-at.ts'
import { notFoundPhrases, saysNotFound } from './not-found.ts'
import { holdsText } from './search-text.ts'
import type { ConversationFilter, Store } from './store.ts'

/** Whether a filter lets a conversation through that was just stored: the same as the store would say. */
export async function matchesFilter(
  conversation: StoredConversation,
  filter: ConversationFilter,
  store: Pick<Store, 'findReactions' | 'findSetting'>,
  projectId: string,
): Promise<boolean> {
  if (!(await matchesOwn(conversation, filter, store, projectId))) return false
  const { feedback } = filter
  if (feedback === undefined) return true
  const noted = facetsOf(conversation).flatMap(({ kind, value }) => (kind === 'feedback' ? [value] : []))
  const given = (await store.findReactions(projectId, conversation.id)).feedback.map(({ type }) => type)
  const all = new Set([...noted, ...given])
  if (feedback === 'any' || feedback === 'none') return all.size > 0 === (feedback === 'any')
  return all.has(feedback)
}

/** Everything but feedback, which comes by itself too. */
async function matchesOwn(
  conversation: StoredConversation,
  filter: ConversationFilter,
  store: Pick<Store, 'findReactions' | 'findSetting'>,
  projectId: string,
): Promise<boolean> {
  const { visitor, fromMs, toMs, tag, page, clicked, answer, hasClicks, text } = filter
  const facets = facetsOf(conversation)
  const has = (kind: FacetKind, fits: (value: string) => boolean) =>
    facets.some((facet) => facet.kind === kind && fits(facet.value))
  const equals = (wanted: string) => (value: string) => value === facetValue(wanted)
  const begins = (wanted: string) => (value: string) => value.startsWith(facetValue(wanted))
  const createdMs = Date.parse(conversation.createdAt)

  if (fromMs !== undefined && createdMs < fromMs) return false
  if (toMs !== undefined && createdMs >= toMs) return false
  if (visitor !== undefined && !has('visitor', equals(visitor))) return false
  if (tag !== undefined && !has('tag', equals(tag))) return false
  if (page !== undefined && !has('page', begins(page))) return false
  if (clicked !== undefined && !has('clicked', begins(clicked))) return false
  if (answer !== undefined && !has('answer', equals(answer))) return false
  if (hasClicks !== undefined && has('clicked', () => true) !== hasClicks) return false
  const { length } = conversation.messages
  if (length < (filter.minMessages ?? 0) || length > (filter.maxMessages ?? length)) return false
  if (filter.isAskedAgain && !isAskedAgain(conversation.messages)) return false
  if (text !== undefined && !holdsText(conversation, text)) return false
  if (!asksNotFound(filter)) return true
  const phrases = await notFoundPhrases(store, projectId)
  const isNotFound = conversation.messages.some((message) => saysNotFound(message, phrases))
  if (filter.isNotFound && !isNotFound) return false
  if (!filter.hasNoGoodAnswer || isNotFound || isAskedAgain(conversation.messages)) return true
  if (has('answer', (value) => badEnds.includes(value)) || has('feedback', equals('negative'))) return true
  return (await store.findReactions(projectId, conversation.id)).feedback.some(({ type }) => type === 'negative')
}
