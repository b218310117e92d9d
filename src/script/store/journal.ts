import type { NewRow } from '../conversation/rows.ts'
import { parseJson, toJson } from '../json.ts'
import type { Platform } from '../platform.ts'

/** Most characters that one tab's journal may have in the site's localStorage. */
export const maxJournalCharacters = 256_000

/** So many of these characters are kept free for the marks of conversations of which not everything fits. */
const marksCharacters = 4_000

/** Rows that are saved together, as far as the journal needs to know them. */
interface Unsaved {
  rows: readonly NewRow[]
}

/** Keeps the rows that the store hasn't saved in localStorage, under a key for each tab. */
export interface Journal {
  /**
   * Writes the tab's rows down in place of those before. Where they are too many, it keeps the newest, and marks their
   * conversations: the next page records those under a new id, since an id stands for the whole transcript.
   */
  write(unsaved: ReadonlySet<Unsaved>): void
  /** Removes this tab's journal, where it has written one. */
  remove(): void
  /**
   * Takes over the rows of all other journals, and removes each journal once its rows are in this tab's, or saved.
   *
   * @param append adds rows to those of this tab that wait to be saved
   */
  takeOver(append: (rows: readonly NewRow[], onSaved: () => void) => void, unsaved: ReadonlySet<Unsaved>): void
}

const prefixOf = (storeName: string) => `${storeName}:`

/** Keys of all journals of that store. */
export const journalKeys = ({ localText }: Pick<Platform, 'localText'>, storeName: string): string[] =>
  localText.keys().filter((key) => key.startsWith(prefixOf(storeName)))

/** Deletes the store and every journal, those of earlier pages too. */
export function deleteStored(platform: Pick<Platform, 'localText' | 'deleteRowLog'>, storeName: string): void {
  for (const key of journalKeys(platform, storeName)) platform.localText.remove(key)
  platform.deleteRowLog(storeName)
}

/** The journal of a tab; touches localStorage only when called. */
export function createJournal(
  platform: Platform,
  storeName: string,
  tabId: string,
  wireIdOf: (conversationId: string) => string,
): Journal {
  const { localText } = platform
  const ownKey = prefixOf(storeName) + tabId
  const texts = new WeakMap<readonly NewRow[], string>()
  let written = ''

  const textOf = (rows: readonly NewRow[]): string => {
    const text = texts.get(rows) ?? (toJson(rows) as string).slice(1, -1)
    texts.set(rows, text)
    return text
  }

  /** The row that makes the next page record the conversation under a new id. */
  const markOf = (conversationId: string): NewRow => ({
    ...{ kind: 'ended', conversationId, tabId, suffix: `~${platform.createId().slice(0, 8)}` },
    ...{ continues: wireIdOf(conversationId), endedAt: platform.now() },
  })

  const write: Journal['write'] = (unsaved) => {
    let left = maxJournalCharacters - marksCharacters
    const kept: string[] = []
    const cut = new Set<string>()
    for (const { rows } of [...unsaved].reverse()) {
      const text = textOf(rows)
      left -= text.length + 1
      if (left > 0) kept.unshift(text)
      else for (const { conversationId } of rows) cut.add(conversationId)
    }
    if (!unsaved.size) return
    for (const id of [...cut].slice(0, 10)) kept.push(textOf([markOf(id)]))
    written = `[${kept.filter(Boolean)}]`
    localText.set(ownKey, written)
  }

  return {
    write,
    remove() {
      if (written) localText.remove(ownKey)
      written = ''
    },
    takeOver(append, unsaved) {
      for (const key of journalKeys(platform, storeName)) {
        if (key === ownKey) continue
        const rows = parseJson(localText.get(key))
        const remove = () => localText.remove(key)
        if (Array.isArray(rows) && rows.length) {
          append(rows, remove)
          write(unsaved)
          if (localText.get(ownKey) !== written) continue
        }
        remove()
      }
    },
  }
}
