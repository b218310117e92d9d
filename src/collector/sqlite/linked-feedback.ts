import type Database from 'libsql'
import { markedFeedbackSuffix } from '../../contract/feedback-id.ts'
import type { Facet } from '../store/conversation-facets.ts'

/**
 * Makes the function that links feedback that came by itself to the conversation whose messages were just stored.
 * Feedback that the script sends both ways, in the message and by itself, counts once.
 *
 * @returns the function, which gives the facets that the conversation gets by that feedback
 */
export function linkFeedback(database: Database.Database) {
  const link = database.prepare(
    `update feedback set conversation_id = ?2 where project_id = ?1 and message_id in (select value from json_each(?3))
     and conversation_id is null and id <> message_id || '${markedFeedbackSuffix}' returning type`,
  )
  return (projectId: string, conversationId: string, messageIds: readonly string[]): Facet[] => {
    if (messageIds.length === 0) return []
    const given = link.all(projectId, conversationId, JSON.stringify(messageIds)) as { type: string }[]
    return given.map(({ type }) => ({ kind: 'feedback', value: type, count: 1 }))
  }
}

/** Makes the function that takes feedback out of the counts of its conversations, before it is replaced or erased. */
export function createUnlinkFeedback(database: Database.Database) {
  const unlink = database.prepare(
    `update facets set count = facets.count - given.count
     from (
       select conversation_id, type, count(*) as count from feedback
       where project_id = ?1 and id in (select value from json_each(?2)) and conversation_id is not null
       group by conversation_id, type
     ) as given
     where facets.project_id = ?1 and facets.kind = 'feedback' and facets.value = given.type
     and facets.conversation_id = given.conversation_id returning facets.conversation_id as id`,
  )
  const removeEmpty = database.prepare(
    `delete from facets where project_id = ? and conversation_id = ? and kind = 'feedback' and count <= 0`,
  )
  return (projectId: string, feedbackIds: readonly string[]): void => {
    for (const { id } of unlink.all(projectId, JSON.stringify(feedbackIds)) as { id: string }[]) {
      removeEmpty.run(projectId, id)
    }
  }
}
