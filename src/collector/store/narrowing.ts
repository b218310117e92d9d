import type { LookedAt } from './looked-at.ts'
import type { ConversationFilter } from './store.ts'
import type { WantedFacet } from './wanted-facets.ts'

/** What a tally counts: a facet's kind and value, or every value of the kind. */
export type Tallied = { kind: string; value?: string | undefined }

/** Whether a filter leaves anything out. */
export const isNarrowed = (filter: ConversationFilter): boolean =>
  Object.values(filter).some((value) => value !== undefined)

/** Whether the tallies of a kind are the facets that a filter lets through: they are of a time, and of no other part of it. */
export function isTallyOf(kind: string, { fromMs: _from, toMs: _to, ...others }: ConversationFilter = {}): boolean {
  return kind !== 'visitor' && !isNarrowed(others)
}

/** The tally that counts a selection's conversations; `null` where only looking at each conversation would tell. */
export function talliedOf({ facets, looked }: { facets: WantedFacet[]; looked: LookedAt[] }): Tallied | null {
  const [only, ...others] = facets
  if (looked.length > 0) return null
  if (!only) return { kind: 'conversation', value: '' }
  if (others.length > 0 || only.until !== undefined || only.kind === 'visitor') return null
  return { kind: only.kind, value: only.value }
}
