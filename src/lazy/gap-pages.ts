import { parseJson, toJson } from '../script/json.ts'
import type { GapPage } from './hand-over.ts'
import type { LazyPage } from './lazy-page.ts'

/** Most characters that a page's calls may have in localStorage. */
const maxGapCharacters = 256_000

/** Another tab that has recorded nothing for so long without the core, in milliseconds, is gone, or its core is. */
const tabGoneMs = 60_000

/** Content isn't kept longer on the visitor's machine, in milliseconds. */
const keptMs = 30 * 86_400_000

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

export function openGapPages({ localText, sessionText, now, createId }: LazyPage, storeName: string): GapPages {
  const tabName = `${storeName}.early`
  const ownKey = `${tabName}.${createId()}`
  const read = (key: string | null) => parseJson(key && localText.get(key)) as GapPage | undefined
  const keys = () => localText.keys().filter((key) => key.startsWith(`${tabName}.`) && key !== ownKey)
  const removeAll = (these: string[]) => {
    for (const key of these) localText.remove(key)
  }

  return {
    write(page) {
      const text = toJson(page) as string
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
    hasLeft: () =>
      !!localText.get(storeName) ||
      keys().length > 0 ||
      localText.keys().some((key) => key.startsWith(`${storeName}:`)),
  }
}
