import type Database from 'libsql'
import { facetValue } from '../store/conversation-facets.ts'
import type { ErasedCounts, ForgottenVisitor, Store } from '../store/store.ts'
import { writeTransaction } from './write-transaction.ts'

/** Three temporary tables of ids: one transaction lists in them what it then erases. */
const idTables = `
  create temp table if not exists erased_conversations (id text primary key);
  create temp table if not exists erased_events (id text primary key);
  create temp table if not exists erased_feedback (id text primary key);
`

type Run = (sql: string, ...values: (string | number)[]) => number
type Erase = (projectId: string, list: () => void) => ErasedCounts

/** What takes data out of the embedded store again. */
export function createSqliteErase(
  database: Database.Database,
): Pick<Store, 'deleteConversation' | 'forgetVisitor' | 'deleteStoredBefore' | 'listProjectIds'> {
  database.exec(idTables)
  const run: Run = (sql, ...values) => database.prepare(sql).run(...values).changes
  const erase = createErase(run)
  const deleteOne = createDeleteOne(database, run, erase)
  const forget = createForget(database, run, erase)
  const deleteOld = createDeleteOld(database, run, erase)

  /** SQLite keeps erased rows readable in its write-ahead log until it overwrites them; this empties the log at once. */
  const emptyLog = () => void database.pragma('wal_checkpoint(truncate)')

  return {
    async deleteConversation(projectId, conversationId) {
      const { conversations } = deleteOne(projectId, conversationId)
      if (conversations > 0) emptyLog()
      return conversations > 0
    },
    async forgetVisitor(projectId, visitorId) {
      const forgotten = forget(projectId, visitorId)
      emptyLog()
      return forgotten
    },
    async deleteStoredBefore(projectId, beforeMs, limit) {
      const counts = deleteOld(projectId, beforeMs, limit)
      if (Object.values(counts).some((count) => count > 0)) emptyLog()
      return counts
    },
    async listProjectIds() {
      const rows = database.prepare('select distinct project_id from keys order by project_id').all()
      return (rows as { project_id: string }[]).map(({ project_id }) => project_id)
    },
  }
}

/** Makes the function that erases: its caller fills the lists of ids, and everything on them goes. */
function createErase(run: Run): Erase {
  /** Adds the events and the feedback on the listed conversations to the lists. */
  function listReactions(projectId: string) {
    const ofMessages = `message_id in (select m.id from messages m join erased_conversations e on e.id = m.conversation_id
      where m.project_id = ?1)`
    // Two statements, each with an index: with `or` SQLite reads every event of the project.
    for (const condition of [ofMessages, 'conversation_id in (select id from erased_conversations)']) {
      run(`insert or ignore into erased_events select id from events where project_id = ?1 and ${condition}`, projectId)
    }
    run(
      `insert or ignore into erased_feedback select id from feedback where project_id = ?1 and ${ofMessages}`,
      projectId,
    )
  }

  function eraseListed(projectId: string): ErasedCounts {
    const remove = (table: string, column: string, list: string, more = '') =>
      run(`delete from ${table} where project_id = ? and ${column} in (select id from ${list}) ${more}`, projectId)
    remove('reaction_visitors', 'id', 'erased_events', `and kind = 'event'`)
    remove('reaction_visitors', 'id', 'erased_feedback', `and kind = 'feedback'`)
    remove('facets', 'conversation_id', 'erased_conversations')
    return {
      events: remove('events', 'id', 'erased_events'),
      feedback: remove('feedback', 'id', 'erased_feedback'),
      messages: remove('messages', 'conversation_id', 'erased_conversations'),
      conversations: remove('conversations', 'id', 'erased_conversations'),
    }
  }

  return (projectId, list) => {
    for (const table of ['erased_conversations', 'erased_events', 'erased_feedback']) run(`delete from ${table}`)
    list()
    listReactions(projectId)
    return eraseListed(projectId)
  }
}

function createDeleteOne(database: Database.Database, run: Run, erase: Erase) {
  return writeTransaction(database, (projectId: string, conversationId: string) =>
    erase(projectId, () => {
      run(
        'insert into erased_conversations select id from conversations where project_id = ? and id = ?',
        projectId,
        conversationId,
      )
    }),
  )
}

function createForget(database: Database.Database, run: Run, erase: Erase) {
  const selectOthers = database.prepare(
    `select distinct value from facets where project_id = ?1 and kind = 'visitor' and value <> ?2 and conversation_id in
     (select conversation_id from facets where project_id = ?1 and kind = 'visitor' and value = ?2) order by value`,
  )
  return writeTransaction(database, (projectId: string, visitorId: string): ForgottenVisitor => {
    const value = facetValue(visitorId)
    const others = selectOthers.all(projectId, value) as { value: string }[]
    const counts = erase(projectId, () => {
      run(
        `insert into erased_conversations select conversation_id from facets
         where project_id = ? and kind = 'visitor' and value = ?`,
        projectId,
        value,
      )
      for (const [table, kind] of [
        ['erased_events', 'event'],
        ['erased_feedback', 'feedback'],
      ] as const) {
        run(
          `insert into ${table} select id from reaction_visitors where project_id = ? and visitor_id = ? and kind = ?`,
          projectId,
          value,
          kind,
        )
      }
    })
    return { ...counts, alsoKnownAs: others.map((other) => other.value) }
  })
}

function createDeleteOld(database: Database.Database, run: Run, erase: Erase) {
  return writeTransaction(database, (projectId: string, beforeMs: number, limit: number) =>
    erase(projectId, () => {
      for (const [list, table] of [
        ['erased_conversations', 'conversations'],
        ['erased_events', 'events'],
        ['erased_feedback', 'feedback'],
      ] as const) {
        run(
          `insert into ${list} select id from ${table} where project_id = ? and stored_ms < ? limit ?`,
          projectId,
          beforeMs,
          limit,
        )
      }
    }),
  )
}
