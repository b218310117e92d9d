import type { StoredConversation } from '../../contract/answer.ts'
import { type FacetKind, facetsOf, facetValue } from './conversation-facets.ts'
import { holdsText } from './search-text.ts'
import type { ConversationFilter, Store } from './store.ts'

/** Whether a filter lets a conversation through that was just stored: the same as the store would say. */
export async function matchesFilter(
  conversation: StoredConversation,
  filter: ConversationFilter,
  findReactions: Store['findReactions'],
  projectId: string,
): Promise<boolean> {
  const { visitor, fromMs, toMs, tag, page, clicked, feedback, answer, hasClicks, text } = filter
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
  if (hasClicks && !has('clicked', () => true)) return false
  if (text !== undefined && !holdsText(conversation, text)) return false
  if (feedback === undefined || has('feedback', equals(feedback))) return true
  const given = (await findReactions(projectId, conversation.id)).feedback
  return given.some(({ type }) => type === feedback)
}
