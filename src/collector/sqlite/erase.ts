import { setImmediate } from 'node:timers/promises'
import type Database from 'libsql'
import { facetValue } from '../store/conversation-facets.ts'
import type { ErasedCounts, ForgottenVisitor, Store } from '../store/store.ts'
import { createUnlinkFeedback } from './linked-feedback.ts'
import { createSqliteWords } from './words.ts'
import { busyTimeoutMs, writeTransaction } from './write-transaction.ts'

/** Conversations that one transaction of forgetting somebody erases. */
const forgottenAtOnce = 50

/** Time between two tries to empty the log, in milliseconds. */
const emptyLogEveryMs = 200

/** Three temporary tables of ids: one transaction lists in them what it then erases. */
const idTables = `
  create temp table if not exists erased_conversations (id text primary key);
  create temp table if not exists erased_events (id text primary key);
  create temp table if not exists erased_feedback (id text primary key);
`

type Run = (sql: string, ...values: (string | number)[]) => number
type Erase = (projectId: string, list: () => void) => ErasedCounts

/**
 * The part of the embedded store that erases.
 *
 * @param erased told of each project of which conversations were erased
 */
export function createSqliteErase(
  database: Database.Database,
  fold: (projectId: string) => number,
  erased: (projectId: string) => void,
): Pick<Store, 'deleteConversation' | 'forgetVisitor' | 'deleteStoredBefore' | 'listProjectIds'> {
  database.exec(idTables)
  const run: Run = (sql, ...values) => database.prepare(sql).run(...values).changes
  const erase = createErase(database, run)
  const deleteOne = createDeleteOne(database, run, erase)
  const forget = createForget(database, run, erase)
  const deleteOld = createDeleteOld(database, run, erase)
  const emptyLog = createEmptyLog(database)

  return {
    async deleteConversation(projectId, conversationId) {
      const { conversations } = deleteOne(projectId, conversationId)
      if (conversations > 0) {
        erased(projectId)
        emptyLog()
      }
      return conversations > 0
    },
    async forgetVisitor(projectId, visitorId) {
      const forgotten = await forget(projectId, visitorId)
      if (forgotten.conversations > 0) erased(projectId)
      while (fold(projectId) > 0) await setImmediate()
      emptyLog()
      return forgotten
    },
    async deleteStoredBefore(projectId, beforeMs, limit) {
      const counts = deleteOld(projectId, beforeMs, limit)
      if (counts.conversations > 0) erased(projectId)
      if (Object.values(counts).some((count) => count > 0)) emptyLog()
      return counts
    },
    async listProjectIds() {
      const rows = database.prepare('select distinct project_id from keys order by project_id').all()
      return (rows as { project_id: string }[]).map(({ project_id }) => project_id)
    },
  }
}

/**
 * Makes the function that empties SQLite's write-ahead log, in which erased rows stay readable until they are
 * overwritten. It doesn't wait for a process that reads at that moment, since all requests would wait too, but tries
 * again.
 */
function createEmptyLog(database: Database.Database): () => void {
  let timer: NodeJS.Timeout | undefined
  return function emptyLog() {
    clearTimeout(timer)
    if (!database.open) return
    database.pragma('busy_timeout = 0')
    const [{ busy }] = database.pragma('wal_checkpoint(truncate)') as [{ busy: number }]
    database.pragma(`busy_timeout = ${busyTimeoutMs}`)
    if (busy === 1) timer = setTimeout(emptyLog, emptyLogEveryMs).unref()
  }
}

/** Makes the function that erases everything whose ids its caller has put into the lists. */
function createErase(database: Database.Database, run: Run): Erase {
  const words = createSqliteWords(database)
  const unlinkFeedback = createUnlinkFeedback(database)

  /** Adds the events and the feedback on the listed conversations to the lists. */
  function listReactions(projectId: string) {
    // `cross join` holds SQLite to this order: the other way round it reads every message of the project.
    const ofMessages = `message_id in (select m.id from erased_conversations e
      cross join messages m on m.project_id = ?1 and m.conversation_id = e.id)`
    // Two statements, each of which uses an index: with `or`, SQLite reads every event of the project.
    for (const condition of [ofMessages, 'conversation_id in (select id from erased_conversations)']) {
      run(`insert or ignore into erased_events select id from events where project_id = ?1 and ${condition}`, projectId)
    }
    run(
      `insert or ignore into erased_feedback select id from feedback where project_id = ?1 and ${ofMessages}`,
      projectId,
    )
  }

  /** Deletes the messages from the index of words, which forgets only what it is told to. */
  function removeWords(projectId: string) {
    const messages = database
      .prepare(
        `select m.words_id, m.fields from messages m
         where m.project_id = ? and m.conversation_id in (select id from erased_conversations)`,
      )
      .all(projectId) as { words_id: number; fields: string }[]
    for (const { words_id, fields } of messages) words.remove(projectId, words_id, JSON.parse(fields))
  }

  /** Takes the erased feedback out of the counts of conversations that stay. */
  function takeFeedbackBack(projectId: string) {
    const ids = database.prepare('select id from erased_feedback').all() as { id: string }[]
    if (ids.length > 0)
      unlinkFeedback(
        projectId,
        ids.map(({ id }) => id),
      )
  }

  function eraseListed(projectId: string): ErasedCounts {
    const remove = (table: string, column: string, list: string, more = '') =>
      run(`delete from ${table} where project_id = ? and ${column} in (select id from ${list}) ${more}`, projectId)
    remove('reaction_visitors', 'id', 'erased_events', `and kind = 'event'`)
    remove('reaction_visitors', 'id', 'erased_feedback', `and kind = 'feedback'`)
    removeWords(projectId)
    takeFeedbackBack(projectId)
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

/**
 * Makes the function that forgets a visitor in slices of a transaction each, so that requests are answered between two.
 */
function createForget(database: Database.Database, run: Run, erase: Erase) {
  const selectOthers = database.prepare(
    `select distinct value from facets where project_id = ?1 and kind = 'visitor' and value <> ?2 and conversation_id in
     (select conversation_id from facets where project_id = ?1 and kind = 'visitor' and value = ?2) order by value`,
  )
  const eraseSlice = writeTransaction(database, (projectId: string, value: string) =>
    erase(projectId, () => {
      run(
        `insert into erased_conversations select conversation_id from facets
         where project_id = ? and kind = 'visitor' and value = ? limit ${forgottenAtOnce}`,
        projectId,
        value,
      )
      for (const [table, kind] of [
        ['erased_events', 'event'],
        ['erased_feedback', 'feedback'],
      ] as const) {
        run(
          `insert into ${table} select id from reaction_visitors where project_id = ? and visitor_id = ? and kind = ?
           limit ${forgottenAtOnce}`,
          projectId,
          value,
          kind,
        )
      }
    }),
  )
  return async (projectId: string, visitorId: string): Promise<ForgottenVisitor> => {
    const value = facetValue(visitorId)
    const others = selectOthers.all(projectId, value) as { value: string }[]
    const all = { conversations: 0, messages: 0, events: 0, feedback: 0 }
    for (;;) {
      const slice = eraseSlice(projectId, value)
      for (const kind of Object.keys(all) as (keyof ErasedCounts)[]) all[kind] += slice[kind]
      if (slice.conversations + slice.events + slice.feedback === 0) break
      await setImmediate()
    }
    return { ...all, alsoKnownAs: others.map((other) => other.value) }
  }
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
