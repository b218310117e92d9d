import { markedFeedbackSuffix } from '../../contract/feedback-id.ts'
import type { ISql } from './sql.ts'

type Owner = { projectId: string; conversationId: string; createdMs: number }

/**
 * Links feedback that came by itself to the conversation whose messages were just stored, so that the conversation is
 * found and counted by it. Feedback that the script sends both ways, in the message and by itself, counts once.
 */
export async function linkFeedback(sql: ISql, owner: Owner, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return
  const { projectId, conversationId, createdMs } = owner
  await sql`
    with linked as (
      update chatlog.feedback set conversation_id = ${conversationId}
      where project_id = ${projectId} and message_id = any(${[...messageIds]}::text[]) and conversation_id is null
      and id <> message_id || ${markedFeedbackSuffix} returning type
    )
    insert into chatlog.facets (project_id, kind, value, conversation_id, created_ms, count)
    select ${projectId}::text, 'feedback', type, ${conversationId}::text, ${createdMs}::bigint, count(*)
    from linked group by type
    on conflict (project_id, kind, value, conversation_id) do update set count = facets.count + excluded.count`
}

/** Takes feedback out of the counts of its conversations, before it is replaced or erased. */
export async function unlinkFeedback(sql: ISql, projectId: string, feedbackIds: readonly string[]): Promise<void> {
  if (feedbackIds.length === 0) return
  const given = await sql<{ conversation_id: string }[]>`
    with given as (
      select conversation_id, type, count(*) as count from chatlog.feedback
      where project_id = ${projectId} and id = any(${[...feedbackIds]}::text[]) and conversation_id is not null
      group by conversation_id, type
    )
    update chatlog.facets as facet set count = facet.count - given.count from given
    where facet.project_id = ${projectId} and facet.kind = 'feedback' and facet.value = given.type
    and facet.conversation_id = given.conversation_id returning facet.conversation_id`
  if (given.length === 0) return
  await sql`
    delete from chatlog.facets
    where project_id = ${projectId} and conversation_id = any(${given.map((row) => row.conversation_id)}::text[])
    and kind = 'feedback' and count <= 0`
}
