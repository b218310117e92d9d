import { maxAgeDays } from '../script/deliver/leftovers.ts'
import { parseJson, toJson } from '../script/json.ts'
import { journalKeys } from '../script/store/journal.ts'
import type { GapPage } from './hand-over.ts'
import type { LazyPage } from './lazy-page.ts'

/** Most characters that a page's calls may have in localStorage. */
const maxGapCharacters = 256_000

/** Another tab that has recorded nothing for so long without the core, in milliseconds, is gone, or its core is. */
const tabGoneMs = 60_000

/** Content isn't kept longer on the visitor's machine, in milliseconds. */
const keptMs = maxAgeDays * 86_400_000

/** What pages have recorded without the core, in localStorage. */
export interface GapPages {
  write(page: GapPage): void
  /** Takes what the page before it in this tab has left, at most so many milliseconds ago. */
  takeBefore(maxAgeMs: number): GapPage | undefined
  /** What tabs that are gone have left, oldest first; `remove` deletes it. */
  earlier(): { pages: GapPage[]; remove(): void }
  /** Deletes this page's. */
  remove(): void
  /** Deletes every page's. */
  removeAll(): void
  /** The core has something to do: who has ever chatted here may have left something, and what exactly, it reads. */
  hasLeft(): boolean
}

export function openGapPages(page: LazyPage, storeName: string): GapPages {
  const { localText, sessionText, now, createId } = page
  const tabName = `${storeName}.early`
  const ownKey = `${tabName}.${createId()}`
  const read = (key: string | null) => parseJson(key && localText.get(key)) as GapPage | undefined
  const keys = () => localText.keys().filter((key) => key.startsWith(`${tabName}.`) && key !== ownKey)
  const removeAll = (these: string[]) => {
    for (const key of these) localText.remove(key)
  }

  return {
    write(recorded) {
      const text = toJson(recorded) as string
      if (text.length > maxGapCharacters) return
      localText.set(ownKey, text)
      sessionText.set(tabName, ownKey)
    },
    takeBefore(maxAgeMs) {
      const key = sessionText.get(tabName)
      const before = read(key)
      if (!before || now() - before.at > maxAgeMs) return
      localText.remove(key as string)
      return before
    },
    earlier() {
      const gone = keys().filter((key) => !(now() - (read(key)?.at ?? 0) < tabGoneMs))
      const pages = gone.flatMap((key) => read(key) ?? []).filter(({ at }) => now() - at < keptMs)
      return { pages: pages.sort((a, b) => a.at - b.at), remove: () => removeAll(gone) }
    },
    remove() {
      localText.remove(ownKey)
      sessionText.remove(tabName)
    },
    removeAll: () => removeAll([...keys(), ownKey]),
    hasLeft: () => !!localText.get(storeName) || keys().length > 0 || journalKeys(page, storeName).length > 0,
  }
}
