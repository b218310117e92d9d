import type { NewRow } from '../conversation/rows.ts'
import { parseJson, toJson } from '../json.ts'
import type { Platform } from '../platform.ts'
import type { RowLog } from './row-log.ts'

/** Most characters that one tab's journal may have in the site's localStorage. */
export const maxJournalCharacters = 256_000

/** Rows that couldn't be saved before their page went, in localStorage: a key for each tab. */
export interface Journal {
  /** Writes the tab's rows down in place of those before. Too many for the journal, they are left out. */
  write(rows: readonly NewRow[]): void
  /** Removes what this tab has written, if it has. */
  remove(): void
  /** Puts the rows of all journals into the store, and removes each once it is saved. */
  replay(log: RowLog): void
}

const prefixOf = (storeName: string) => `${storeName}:`

const journalKeys = ({ localText }: Platform, storeName: string): string[] =>
  localText.keys().filter((key) => key.startsWith(prefixOf(storeName)))

/** Deletes the store and every journal, also those of an earlier page. */
export function deleteStored(platform: Platform, storeName: string): void {
  for (const key of journalKeys(platform, storeName)) platform.localText.remove(key)
  platform.deleteRowLog(storeName)
}

/** The journal of a tab; reads and writes nothing before it is asked to. */
export function createJournal(platform: Platform, storeName: string, tabId: string): Journal {
  const { localText } = platform
  const ownKey = prefixOf(storeName) + tabId
  let written = false
  return {
    write(rows) {
      const journal = rows.length ? (toJson(rows) as string) : ''
      if (!journal || journal.length > maxJournalCharacters) return
      written = true
      localText.set(ownKey, journal)
    },
    remove() {
      if (written) localText.remove(ownKey)
      written = false
    },
    replay(log) {
      for (const key of journalKeys(platform, storeName)) {
        const rows = parseJson(localText.get(key))
        if (!Array.isArray(rows)) localText.remove(key)
        else log.append(rows as NewRow[], [], (seqs) => seqs && localText.remove(key))
      }
    },
  }
}
