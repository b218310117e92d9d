import type Database from 'libsql'
import type { Erasures } from '../store/erasures.ts'
import type { Store } from '../store/store.ts'

/** How often the file is asked whether another process has written to it, in milliseconds. */
const lookEveryMs = 1_000

/**
 * Notices in the embedded store, which one collector has: no other one stores anything. What is erased is told, by this
 * process at once. A command beside it (`forget`) tells nobody: where any other process has written, something may be gone.
 */
export function createSqliteNotices(
  database: Database.Database,
  erasures: Erasures,
): Pick<Store, 'tellStored' | 'listenStored'> {
  const version = database.prepare('pragma data_version')
  const versionNow = () => (version.get() as { data_version: number }).data_version

  return {
    async tellStored() {},
    async listenStored(projectIds, listener) {
      const stop = erasures.listen((projectId) => listener({ projectId, conversationId: null }))
      let seen = versionNow()
      const timer = setInterval(() => {
        const now = database.open ? versionNow() : seen
        if (now === seen) return
        seen = now
        for (const projectId of new Set(projectIds())) listener({ projectId, conversationId: null })
      }, lookEveryMs).unref()
      return async () => {
        clearInterval(timer)
        stop()
      }
    },
  }
}
