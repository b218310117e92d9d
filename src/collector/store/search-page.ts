import { setImmediate } from 'node:timers/promises'
import type { StoredConversation } from '../../contract/answer.ts'
import { formatCursor, type PageEnd } from './page-cursor.ts'
import { holdsText } from './search-text.ts'

/** Conversations looked at in one go; other requests are answered between two. */
const sliceSize = 1_000

/** Conversations looked at for one page at most. */
export const maxSearched = 20_000

/** A conversation that a search looks at: its place in the order of pages, and whether the database's rough pattern matched it. */
export type Candidate = { id: string; end: PageEnd; mayHold: boolean }

/** How a store is searched. */
export type TextSearch = {
  text: string
  /** Hits in a page. */
  limit: number
  /** Where the page before ended. */
  from: PageEnd
  /** At most `count` conversations after a place, in the order of pages. */
  slice(from: PageEnd, count: number): Promise<Candidate[]>
  /** Reads one whole; `null` when it has gone. */
  read(id: string): Promise<StoredConversation | null>
}

/**
 * One page of a search through the messages themselves, newest conversation first. It needs no index, so that writing
 * stays as quick as without a search, and reads so much at most that others don't wait for it: the page may end early,
 * with a cursor from which the next one goes on.
 */
export async function searchPage({ text, limit, from, slice, read }: TextSearch) {
  const conversations: StoredConversation[] = []
  let end = from
  for (let searched = 0; searched < maxSearched; searched += sliceSize) {
    const candidates = await slice(end, sliceSize)
    for (const candidate of candidates) {
      end = candidate.end
      const conversation = candidate.mayHold ? await read(candidate.id) : null
      if (conversation && holdsText(conversation, text)) conversations.push(conversation)
      if (conversations.length === limit) return { conversations, nextCursor: formatCursor(end) }
    }
    if (candidates.length < sliceSize) return { conversations, nextCursor: null }
    await setImmediate()
  }
  return { conversations, nextCursor: formatCursor(end) }
}
