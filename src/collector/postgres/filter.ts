import type { Fragment, ISql } from 'postgres'
import { facetValue } from '../store/conversation-facets.ts'
import type { ConversationFilter } from '../store/store.ts'

/** The filter, but for its text, as a condition on rows `conversation` of one project. */
export function conditionOf(sql: ISql, projectId: string, filter: ConversationFilter): Fragment {
  const { visitor, fromMs, toMs, tag, page, clicked, feedback } = filter
  const conditions = [sql`conversation.project_id = ${projectId}`]
  const add = (condition: Fragment) => conditions.push(condition)
  const ofFacet = (kind: string, value: Fragment) => sql`
    conversation.id in (
      select conversation_id from chatlog.facets where project_id = ${projectId} and kind = ${kind} and ${value}
    )`
  const equals = (value: string) => sql`value = ${facetValue(value)}`
  const begins = (value: string) => sql`value >= ${facetValue(value)} and value < ${`${facetValue(value)}\u{10FFFF}`}`

  if (fromMs !== undefined) add(sql`conversation.created_ms >= ${fromMs}`)
  if (toMs !== undefined) add(sql`conversation.created_ms < ${toMs}`)
  if (visitor !== undefined) add(ofFacet('visitor', equals(visitor)))
  if (tag !== undefined) add(ofFacet('tag', equals(tag)))
  if (page !== undefined) add(ofFacet('page', begins(page)))
  if (clicked !== undefined) add(ofFacet('clicked', begins(clicked)))
  if (feedback !== undefined) {
    add(sql`(${ofFacet('feedback', equals(feedback))} or conversation.id in (
      select message.conversation_id from chatlog.feedback as feedback
      join chatlog.messages as message on message.project_id = feedback.project_id and message.id = feedback.message_id
      where feedback.project_id = ${projectId} and feedback.type = ${feedback}
    ))`)
  }
  return conditions.reduce((all, condition) => sql`${all} and ${condition}`)
}
