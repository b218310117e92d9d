import { startFolding } from '../store/folding.ts'
import type { Store } from '../store/store.ts'
import { createPostgresAudit } from './audit.ts'
import { createPostgresConversations } from './conversations.ts'
import { createPostgresCounts } from './counts.ts'
import { createPostgresErase } from './erase.ts'
import { createPostgresKeys } from './keys.ts'
import { createPostgresList } from './list.ts'
import { createPostgresNotices } from './notices.ts'
import { createPostgresReactions } from './reactions.ts'
import { createPostgresShared } from './shared.ts'
import type { Sql } from './sql.ts'
import { fold } from './tallies.ts'
import { createPostgresVisitors } from './visitors.ts'

/** Longest time that what is under way has after `close`, in milliseconds. */
export const closeTimeoutMs = 5_000

/** The store of a database that is at its newest version. `reads`: where lists, searches and counts are asked. */
export function postgresStoreIn(sql: Sql, reads: Sql): Store {
  const folding = startFolding((projectId) => fold(sql, projectId))
  const { stop: stopNotices, tellErased, ...notices } = createPostgresNotices(sql)
  const store: Store = {
    ...createPostgresConversations(sql),
    ...createPostgresList(reads),
    ...createPostgresReactions(sql, reads),
    ...createPostgresCounts(reads),
    ...createPostgresErase(sql, tellErased),
    ...createPostgresVisitors(sql, reads),
    ...createPostgresKeys(sql),
    ...createPostgresAudit(sql),
    ...createPostgresShared(sql),
    ...notices,
    async ping() {
      await sql`select 1`
    },
    async close() {
      await Promise.all([folding.stop(), stopNotices()])
      await Promise.all([sql, reads].map((pool) => pool.end({ timeoutMs: closeTimeoutMs })))
    },
  }
  return folding.watch(store)
}
