import type { z } from 'zod'
import { maxReactionBytes } from '../../contract/limits.ts'
import { parseCleanJson, refuseTooManyItems, TooDeepError, TooManyItemsError } from '../clean-json.ts'
import { ProblemError } from '../problem-error.ts'
import { describeIssues, formatPath } from './describe-issues.ts'

/**
 * Parses a body's text by its schema: cleans its texts and drops unknown keys.
 *
 * @throws ProblemError `bad_request` when it isn't JSON, `unprocessable_entity` naming every path that breaks the
 *   contract
 */
export function parseBody<Schema extends z.ZodType>(text: string, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new ProblemError('unprocessable_entity', describeIssues(parsed.error.issues))
}

/**
 * The same of an event or feedback. A stranger with a WEB key may send any number of them onto one conversation, which is
 * shown with its newest.
 *
 * @throws ProblemError as `parseBody`, and `unprocessable_entity` when it is longer than `maxReactionBytes`
 */
export function parseReaction<Schema extends z.ZodType>(text: string, schema: Schema): z.infer<Schema> {
  if (Buffer.byteLength(text) <= maxReactionBytes) return parseBody(text, schema)
  throw new ProblemError('unprocessable_entity', `body: expected at most ${maxReactionBytes} bytes`)
}

function parseJson(text: string): unknown {
  try {
    const json = parseCleanJson(text)
    refuseTooManyItems(json)
    return json
  } catch (error) {
    // V8's message quotes the body; a person's words don't belong in an error that may be logged.
    if (error instanceof SyntaxError) throw new ProblemError('bad_request', 'The body is not JSON.')
    if (error instanceof TooManyItemsError) throw new ProblemError('unprocessable_entity', `body: ${error.message}`)
    if (!(error instanceof TooDeepError)) throw error
    throw new ProblemError('unprocessable_entity', `${formatPath(error.path)}: ${error.message}`)
  }
}
