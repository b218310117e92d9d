import type Database from 'libsql'
import type { EventAnswer } from '../../contract/event.ts'
import type { FeedbackAnswer } from '../../contract/feedback.ts'
import { facetValue, visitorIdsOf } from '../store/conversation-facets.ts'
import { isNarrowed } from '../store/narrowing.ts'
import { maxReactions } from '../store/page-size.ts'
import type { Store } from '../store/store.ts'
import { createSqliteFacets } from './facets.ts'
import { conditionOf, createSelectAll } from './filter.ts'
import { createUnlinkFeedback, linkFeedback } from './linked-feedback.ts'
import type { SqliteReaders } from './readers.ts'
import { writeTransaction } from './write-transaction.ts'

type Row = { fields: string }
type Reaction = EventAnswer | FeedbackAnswer

/** The events and the feedback of the embedded store. */
export function createSqliteReactions(
  database: Database.Database,
  readers: SqliteReaders,
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
  const unlink = createUnlinkFeedback(database)
  const link = linkFeedback(database)
  const facets = createSqliteFacets(database)
  const selectHolder = database.prepare(
    `select c.id, c.created_ms from messages m
     join conversations c on c.project_id = m.project_id and c.id = m.conversation_id where m.project_id = ? and m.id = ?`,
  )
  const clearVisitors = database.prepare('delete from reaction_visitors where project_id = ? and kind = ? and id = ?')
  const putVisitor = database.prepare(
    'insert into reaction_visitors (project_id, visitor_id, kind, id) values (?, ?, ?, ?)',
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
      unlink(projectId, [id])
      putFeedback.run(projectId, id, messageId, type, Date.parse(createdAt), storedAtMs, JSON.stringify(feedback))
      const holder = selectHolder.get(projectId, messageId) as { id: string; created_ms: number } | undefined
      if (holder) facets.add(projectId, holder.id, holder.created_ms, link(projectId, holder.id, [messageId]))
      nameVisitors(projectId, 'feedback', feedback)
    },
  )

  return {
    putEvent: async (projectId, event, storedAtMs) => writeEvent(projectId, event, storedAtMs),
    putFeedback: async (projectId, feedback, storedAtMs) => writeFeedback(projectId, feedback, storedAtMs),
    ...createReadingReactions(readers, createSelectAll(database, readers)),
  }
}

/** What reads events and feedback. */
function createReadingReactions(
  readers: SqliteReaders,
  select: ReturnType<typeof createSelectAll>,
): Pick<Store, 'findReactions' | 'listSearches' | 'listFeedback'> {
  return {
    async findReactions(projectId, conversationId) {
      const events = await readers.quick(selectEvents, [
        projectId,
        conversationId,
        projectId,
        projectId,
        conversationId,
      ])
      const feedback = await readers.quick(selectFeedback, [projectId, projectId, conversationId])
      return {
        events: parsed<EventAnswer>(events.toReversed()),
        feedback: parsed<FeedbackAnswer>(feedback.toReversed()),
      }
    },
    async listFeedback(projectId, limit, type, filter = {}) {
      const ofType = type ? [type] : []
      const find = async () => {
        if (!isNarrowed(filter)) return readers.quick(selectFound(type !== undefined), [projectId, ...ofType, limit])
        const { sql, values } = conditionOf(await select(projectId, filter))
        return readers.long(selectFoundOf(type !== undefined, sql), [projectId, ...ofType, ...values, limit])
      }
      const rows = await find()
      return (rows as (Row & { conversation_id: string | null })[]).map((row) => ({
        feedback: JSON.parse(row.fields),
        conversationId: row.conversation_id,
      }))
    },
    async listSearches(projectId, limit, { fromMs = -maxMs, toMs = maxMs, visitor } = {}) {
      const ofVisitor = visitor === undefined ? [] : [facetValue(visitor)]
      const values = [projectId, fromMs, toMs, ...ofVisitor, limit]
      return parsed<EventAnswer>(await readers.quick(selectSearches(visitor !== undefined), values))
    },
  }
}

// Two selects, each of which uses an index: with `or`, SQLite reads every event of the project.
const selectEvents = `
  select fields, created_ms, rowid as arrival from events where project_id = ? and conversation_id = ?
  union all
  select fields, created_ms, rowid from events where project_id = ? and message_id in
    (select id from messages where project_id = ? and conversation_id = ?)
  order by created_ms desc, arrival desc limit ${maxReactions}`

const selectFeedback = `
  select fields from feedback where project_id = ? and message_id in
    (select id from messages where project_id = ? and conversation_id = ?)
  order by created_ms desc, rowid desc limit ${maxReactions}`

/** Beyond every date. */
const maxMs = 9e15

const selectSearches = (isOfVisitor: boolean) => `
  select fields from events where project_id = ? and entity_type = 'search' and created_ms >= ? and created_ms < ?
  ${
    isOfVisitor
      ? `and exists (select 1 from reaction_visitors v where v.project_id = events.project_id and v.visitor_id = ?
    and v.kind = 'event' and v.id = events.id)`
      : ''
  } order by created_ms desc limit ?`

// Newest feedback first, each with its conversation: the other way round it would list every conversation that fits.
const selectFoundOf = (isOfType: boolean, condition: string) => `
  select f.fields, m.conversation_id from feedback f
  cross join messages m on m.project_id = f.project_id and m.id = f.message_id
  cross join conversations c on c.project_id = f.project_id and c.id = m.conversation_id
  where f.project_id = ? ${isOfType ? 'and f.type = ?' : ''} and ${condition}
  order by f.created_ms desc, f.rowid desc limit ?`

// It selects the page first and then its conversations: else a million rows would be joined before they are sorted.
const selectFound = (isOfType: boolean) => `
  select f.fields, (select m.conversation_id from messages m where m.project_id = f.project_id and m.id = f.message_id)
    as conversation_id
  from feedback f where f.project_id = ? ${isOfType ? 'and f.type = ?' : ''}
  order by f.created_ms desc, f.rowid desc limit ?`

const parsed = <Kind>(rows: unknown[]): Kind[] => (rows as Row[]).map(({ fields }) => JSON.parse(fields))
