import type { z } from 'zod'
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
