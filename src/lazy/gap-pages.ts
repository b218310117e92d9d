import { maxAgeDays } from '../script/deliver/leftovers.ts'
import { parseJson, toJson } from '../script/json.ts'
import { journalKeys } from '../script/store/journal.ts'
import type { GapPage } from './hand-over.ts'
import type { LazyPage } from './lazy-page.ts'

/** Most characters that a page's calls may have in localStorage. */
const maxGapCharacters = 256_000

/** Another tab that wasn't left and has recorded nothing for so long without the core, in milliseconds, has crashed. */
const tabGoneMs = 60_000

/** Content stays on the visitor's machine for so long at most, in milliseconds. */
const keptMs = maxAgeDays * 86_400_000

/** What pages have recorded without the core, in localStorage. */
export interface GapPages {
  write(page: GapPage): void
  /** Another tab has taken over what this page has written. */
  isTaken(): boolean
  /**
   * Takes what the page before it in this tab has left, at most so many milliseconds ago, for the same visitor. Where
   * another tab was quicker, only the conversation is left of it, which goes on.
   */
  takeBefore(maxAgeMs: number, owner: () => string): GapPage | undefined
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
  let isWritten = false
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
      isWritten = localText.get(ownKey) !== null
      const { calls: _, conversation, ...about } = recorded
      const left: GapPage = { ...about, conversation: conversation && { ...conversation, header: null }, calls: [] }
      sessionText.set(tabName, toJson({ key: ownKey, left }) as string)
    },
    isTaken: () => isWritten && localText.get(ownKey) === null,
    takeBefore(maxAgeMs, owner) {
      const pointer = parseJson(sessionText.get(tabName)) as { key: string; left: GapPage } | undefined
      const before = pointer && (read(pointer.key) ?? pointer.left)
      if (!before || now() - before.at > maxAgeMs || before.owner !== owner()) return
      localText.remove(pointer.key)
      return before
    },
    earlier() {
      const isGone = ({ gone, at }: GapPage) => gone || !(now() - at < tabGoneMs)
      const gone = keys().filter((key) => isGone(read(key) ?? ({ gone: true } as GapPage)))
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
