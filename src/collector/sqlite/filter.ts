import { facetValue } from '../store/conversation-facets.ts'
import type { ConversationFilter } from '../store/store.ts'

/** A condition on the conversation `c`, and what its question marks stand for. */
export type Condition = { sql: string; values: (string | number)[] }

const ofFacet = 'c.id in (select conversation_id from facets where project_id = ? and kind = ?'
const ofFeedback = `c.id in (select m.conversation_id from feedback f
  join messages m on m.project_id = f.project_id and m.id = f.message_id where f.project_id = ? and f.type = ?)`

/** The filter, but for its text, as a condition on conversations `c` of one project. */
export function conditionOf(projectId: string, filter: ConversationFilter): Condition {
  const { visitor, fromMs, toMs, tag, page, clicked, feedback } = filter
  const conditions: Condition[] = [{ sql: 'c.project_id = ?', values: [projectId] }]
  const add = (sql: string, ...values: (string | number)[]) => conditions.push({ sql, values })
  const equals = (kind: string, value: string) => add(`${ofFacet} and value = ?)`, projectId, kind, facetValue(value))
  const begins = (kind: string, value: string) =>
    add(`${ofFacet} and value >= ? and value < ?)`, projectId, kind, facetValue(value), afterPrefix(facetValue(value)))

  if (fromMs !== undefined) add('c.created_ms >= ?', fromMs)
  if (toMs !== undefined) add('c.created_ms < ?', toMs)
  if (visitor !== undefined) equals('visitor', visitor)
  if (tag !== undefined) equals('tag', tag)
  if (page !== undefined) begins('page', page)
  if (clicked !== undefined) begins('clicked', clicked)
  if (feedback !== undefined) {
    add(`(${ofFacet} and value = ?) or ${ofFeedback})`, ...[projectId, 'feedback', feedback, projectId, feedback])
  }
  return {
    sql: conditions.map(({ sql }) => sql).join(' and '),
    values: conditions.flatMap(({ values }) => values),
  }
}

/** Greater than every text that begins with this one, in the order of code points. */
const afterPrefix = (prefix: string) => `${prefix}\u{10FFFF}`
