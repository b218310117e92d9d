import { facetValue } from './conversation-facets.ts'
import type { ConversationFilter } from './store.ts'

/** A facet that conversations must have: one value, or every one between two. */
export type WantedFacet = { kind: string; value: string; until?: string }

/** Greater than every text that begins with this one, in the order of code points. */
const afterPrefix = (prefix: string) => `${prefix}\u{10FFFF}`

/** Up to how many conversations of a visitor are counted, to know how rare they are. */
export const maxCounted = 10_001

/** The facets that a filter asks for. */
export function wantedFacets({
  visitor,
  tag,
  page,
  clicked,
  feedback,
  answer,
  hasClicks,
}: ConversationFilter): WantedFacet[] {
  const equals = (kind: string, value: string | undefined) =>
    value === undefined ? [] : [{ kind, value: facetValue(value) }]
  const begins = (kind: string, value: string | undefined) =>
    value === undefined ? [] : [{ kind, value: facetValue(value), until: afterPrefix(facetValue(value)) }]
  return [
    ...equals('visitor', visitor),
    ...equals('tag', tag),
    ...begins('page', page),
    ...begins('clicked', clicked),
    ...equals('feedback', feedback === 'any' || feedback === 'none' ? undefined : feedback),
    ...equals('answer', answer),
    ...begins('clicked', hasClicks ? '' : undefined),
  ]
}
