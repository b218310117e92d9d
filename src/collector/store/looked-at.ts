import { type FacetKind, facetValue } from './conversation-facets.ts'
import type { ConversationFilter } from './store.ts'
import { type WantedWord, wantedWords } from './words.ts'

/**
 * What each conversation of a selection is looked at for by itself, beyond the facets that find it.
 *
 * `facet`: one of the values, or any where none are given; `lacks`: no value of the kind; `length`: messages;
 * `asked_again`; `ids`: it is one of these; `words`: one message says them all; `any`: one of the parts is true.
 */
export type LookedAt =
  | { kind: 'facet'; facet: FacetKind; values: string[] }
  | { kind: 'lacks'; facet: FacetKind }
  | { kind: 'length'; least: number; most: number }
  | { kind: 'asked_again' }
  | { kind: 'ids'; ids: string[] }
  | { kind: 'words'; words: WantedWord[] }
  | { kind: 'any'; of: LookedAt[] }

/** How answers end that are no good ones, `none` being a question without one. */
export const badEnds = ['error', 'aborted', 'interrupted', 'none']

/** Longer than any conversation. */
const anyLength = 2 ** 31 - 1

/**
 * The parts of a filter for which conversations are looked at. Its text is left out: pages of a search find it.
 *
 * @param notFound conversations in which an answer says that it could not find something, where the filter asks for them
 */
export function lookedAt(filter: ConversationFilter, notFound: string[] = []): LookedAt[] {
  const { visitors, feedback, hasClicks, minMessages, maxMessages, isAskedAgain, isNotFound, hasNoGoodAnswer } = filter
  const when = (isWanted: unknown, ...parts: LookedAt[]) => (isWanted ? parts : [])
  const sayings: LookedAt = { kind: 'ids', ids: notFound }
  return [
    ...when(visitors, { kind: 'facet', facet: 'visitor', values: (visitors ?? []).map(facetValue) }),
    ...when(feedback === 'none', { kind: 'lacks', facet: 'feedback' }),
    ...when(feedback === 'any', { kind: 'facet', facet: 'feedback', values: ['positive', 'negative'] }),
    ...when(hasClicks === false, { kind: 'lacks', facet: 'clicked' }),
    ...when(minMessages !== undefined || maxMessages !== undefined, {
      kind: 'length',
      least: minMessages ?? 0,
      most: maxMessages ?? anyLength,
    }),
    ...when(isAskedAgain, { kind: 'asked_again' }),
    ...when(isNotFound, sayings),
    ...when(hasNoGoodAnswer, {
      kind: 'any',
      of: [
        { kind: 'facet', facet: 'answer', values: badEnds },
        { kind: 'facet', facet: 'feedback', values: ['negative'] },
        { kind: 'asked_again' },
        sayings,
      ],
    }),
  ]
}

/** The same with the text of the filter, for counts. */
export function lookedAtWithText(filter: ConversationFilter, notFound?: string[]): LookedAt[] {
  const words: LookedAt[] = filter.text === undefined ? [] : [{ kind: 'words', words: wantedWords(filter.text) }]
  return [...lookedAt(filter, notFound), ...words]
}

/** Whether a filter asks in which conversations something could not be found. */
export const asksNotFound = ({ isNotFound, hasNoGoodAnswer }: ConversationFilter): boolean =>
  isNotFound === true || hasNoGoodAnswer === true
