import type Database from 'libsql'
import type { EventAnswer } from '../../contract/event.ts'
import type { FeedbackAnswer } from '../../contract/feedback.ts'
import { facetValue, visitorIdsOf } from '../store/conversation-facets.ts'
import type { Store } from '../store/store.ts'
import { writeTransaction } from './write-transaction.ts'

type Row = { fields: string }
type Reaction = EventAnswer | FeedbackAnswer

/** The events and the feedback of the embedded store. */
export function createSqliteReactions(
  database: Database.Database,
): Pick<Store, 'putEvent' | 'putFeedback' | 'findReactions' | 'listSearches' | 'listFeedback'> {
  const putEvent = database.prepare(
    `insert or replace into events
     (project_id, id, entity_type, message_id, conversation_id, created_ms, stored_ms, fields)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const putFeedback = database.prepare(
    `insert or replace into feedback (project_id, id, message_id, type, created_ms, stored_ms, fields)
     values (?, ?, ?, ?, ?, ?, ?)`,
  )
  const clearVisitors = database.prepare('delete from reaction_visitors where project_id = ? and kind = ? and id = ?')
  const putVisitor = database.prepare(
    'insert into reaction_visitors (project_id, visitor_id, kind, id) values (?, ?, ?, ?)',
  )
  const selectEvents = database.prepare(
    // Two selects, each with an index: with `or` SQLite reads every event of the project.
    `select fields, created_ms, rowid as arrival from events where project_id = ?1 and conversation_id = ?2
     union all
     select fields, created_ms, rowid from events where project_id = ?1 and message_id in
       (select id from messages where project_id = ?1 and conversation_id = ?2)
     order by created_ms, arrival`,
  )
  const selectFeedback = database.prepare(
    `select fields from feedback where project_id = ?1 and message_id in
       (select id from messages where project_id = ?1 and conversation_id = ?2)
     order by created_ms, rowid`,
  )
  const selectSearches = database.prepare(
    `select fields from events where project_id = ? and entity_type = 'search' order by created_ms desc limit ?`,
  )

  const selectFound = database.prepare(
    `select f.fields, m.conversation_id from feedback f
     left join messages m on m.project_id = f.project_id and m.id = f.message_id
     where f.project_id = ?1 and (?2 is null or f.type = ?2) order by f.created_ms desc, f.rowid desc limit ?3`,
  )

  function nameVisitors(projectId: string, kind: 'event' | 'feedback', reaction: Reaction) {
    clearVisitors.run(projectId, kind, reaction.id)
    for (const id of visitorIdsOf(reaction)) putVisitor.run(projectId, facetValue(id), kind, reaction.id)
  }

  const writeEvent = writeTransaction(database, (projectId: string, event: EventAnswer, storedAtMs: number) => {
    const messageId = event.entityType === 'message' ? event.messageId : null
    const conversationId = event.entityType === 'conversation' ? event.conversationId : null
    const times = [Date.parse(event.createdAt), storedAtMs]
    putEvent.run(projectId, event.id, event.entityType, messageId, conversationId, ...times, JSON.stringify(event))
    nameVisitors(projectId, 'event', event)
  })

  const writeFeedback = writeTransaction(
    database,
    (projectId: string, feedback: FeedbackAnswer, storedAtMs: number) => {
      const { id, messageId, type, createdAt } = feedback
      putFeedback.run(projectId, id, messageId, type, Date.parse(createdAt), storedAtMs, JSON.stringify(feedback))
      nameVisitors(projectId, 'feedback', feedback)
    },
  )

  const findReactions = database.transaction((projectId: string, conversationId: string) => ({
    events: parsed<EventAnswer>(selectEvents.all(projectId, conversationId)),
    feedback: parsed<FeedbackAnswer>(selectFeedback.all(projectId, conversationId)),
  }))

  return {
    putEvent: async (projectId, event, storedAtMs) => writeEvent(projectId, event, storedAtMs),
    putFeedback: async (projectId, feedback, storedAtMs) => writeFeedback(projectId, feedback, storedAtMs),
    findReactions: async (projectId, conversationId) => findReactions(projectId, conversationId),
    async listFeedback(projectId, limit, type) {
      const rows = selectFound.all(projectId, type ?? null, limit) as (Row & { conversation_id: string | null })[]
      return rows.map((row) => ({ feedback: JSON.parse(row.fields), conversationId: row.conversation_id }))
    },
    listSearches: async (projectId, limit) => parsed<EventAnswer>(selectSearches.all(projectId, limit)),
  }
}

const parsed = <Kind>(rows: unknown[]): Kind[] => (rows as Row[]).map(({ fields }) => JSON.parse(fields))
