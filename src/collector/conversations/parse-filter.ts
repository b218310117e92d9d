import { dateTimeSchema } from '../../contract/conversation.ts'
import { cleanText } from '../clean-json.ts'
import { ProblemError } from '../problem-error.ts'
import type { ConversationFilter } from '../store/store.ts'

/** Longest text that is searched for, in UTF-16 units. */
const maxTextLength = 500

const dayPattern = /^\d{4}-\d{2}-\d{2}$/
const dayMs = 86_400_000

/**
 * The filters of a query: `visitor`, `from`, `to`, `tag`, `page`, `clicked`, `feedback`, `answer`, `clicks`,
 * `minMessages`, `maxMessages`, `askedAgain`, `notFound`, `text`. Empty ones count as
 * missing, other parameters are ignored. `from` and `to` are days (UTC, both included) or dates with a zone (`to` excluded).
 *
 * @throws ProblemError `bad_request` naming the filter whose value isn't possible
 */
export function parseFilter(query: URLSearchParams): ConversationFilter {
  const given = (name: string) => {
    const text = query.get(name)?.trim()
    return text ? cleanText(text) : undefined
  }
  const answer = oneOf('answer', given('answer'), knownEnds)
  const clicks = oneOf('clicks', given('clicks'), ['with', 'without'])
  return {
    visitor: given('visitor')?.normalize('NFC'),
    fromMs: timeOf('from', given('from'), 0),
    toMs: timeOf('to', given('to'), dayMs),
    tag: given('tag'),
    page: given('page'),
    clicked: given('clicked'),
    feedback: oneOf('feedback', given('feedback'), ['positive', 'negative', 'any', 'none']),
    answer: answer === 'bad' ? undefined : answer,
    hasNoGoodAnswer: answer === 'bad' ? true : undefined,
    hasClicks: clicks === undefined ? undefined : clicks === 'with',
    minMessages: countOf('minMessages', given('minMessages')),
    maxMessages: countOf('maxMessages', given('maxMessages')),
    isAskedAgain: oneOf('askedAgain', given('askedAgain'), ['yes']) && true,
    isNotFound: oneOf('notFound', given('notFound'), ['yes']) && true,
    text: textOf(given('text')),
  }
}

function timeOf(name: string, text: string | undefined, dayLengthMs: number): number | undefined {
  if (text === undefined) return undefined
  const isDay = dayPattern.test(text)
  const date = isDay ? `${text}T00:00:00Z` : text
  if (dateTimeSchema.safeParse(date).success) return Date.parse(date) + (isDay ? dayLengthMs : 0)
  const wanted = '2026-03-01 or 2026-03-01T12:00:00Z'
  throw new ProblemError('bad_request', `${name}: expected a date like ${wanted}, got ${JSON.stringify(text)}`)
}

/** How an answer may have ended, as the filter names it; `bad`: there is a question without a good one. */
const knownEnds = ['complete', 'streaming', 'aborted', 'error', 'interrupted', 'other', 'none', 'bad']

function oneOf<Known extends string>(
  name: string,
  text: string | undefined,
  known: readonly Known[],
): Known | undefined {
  const found = known.find((one) => one === text)
  if (text === undefined || found !== undefined) return found
  throw new ProblemError('bad_request', `${name}: expected ${known.join(', ')}, got ${JSON.stringify(text)}`)
}

function countOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,9}$/.test(text)) return text === undefined ? undefined : Number(text)
  throw new ProblemError('bad_request', `${name}: expected a number of messages, got ${JSON.stringify(text)}`)
}

function textOf(text: string | undefined): string | undefined {
  if (text === undefined || text.length <= maxTextLength) return text
  throw new ProblemError('bad_request', `text: expected at most ${maxTextLength} characters, got ${text.length}`)
}
