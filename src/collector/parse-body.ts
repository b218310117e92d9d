import type { z } from 'zod'
import { cleanJson, refuseTooManyItems, TooDeepError, TooManyItemsError } from './clean-json.ts'
import { describeIssues, formatPath } from './describe-issues.ts'
import { ProblemError } from './problem-error.ts'

/**
 * A body's text -> what its schema says it holds, cleaned, unknown keys dropped.
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
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // V8's message quotes the body; a person's words don't belong in an error that may be logged.
    throw new ProblemError('bad_request', 'The body is not JSON.')
  }
  try {
    const clean = cleanJson(json)
    refuseTooManyItems(clean)
    return clean
  } catch (error) {
    if (error instanceof TooManyItemsError) throw new ProblemError('unprocessable_entity', `body: ${error.message}`)
    if (!(error instanceof TooDeepError)) throw error
    throw new ProblemError('unprocessable_entity', `${formatPath(error.path)}: ${error.message}`)
  }
}
