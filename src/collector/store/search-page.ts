/** How many messages a search first looks at for each wanted conversation: most say the words once or twice. */
const firstSlice = 3

/** Most messages that a search looks at in one statement, once the first ones didn't fill the page. */
const largestSlice = 2_000

/** Most messages that a search looks at for one page: the words may be common while the rest of the filter is rare. */
const maxSearched = 20_000

/** How a store is searched, in the order of arrival, newest first. */
export type TextSearch<Row> = {
  /** Conversations at most. */
  limit: number
  /** Bytes of their messages at most; a single conversation may be larger. */
  maxBytes: number
  /** Arrival of the conversation that the page before ended with. */
  from: number
  /**
   * Conversations of the next `count` messages that say the words, before an arrival, as far as the rest of the filter
   * lets them through; `end` is the arrival of the last one that was looked at, `null` where no more say the words.
   */
  slice(before: number, count: number): Promise<{ rows: Row[]; end: number | null }>
}

/**
 * The conversations of one page of a search. It looks at a bounded number of messages, so that other requests don't
 * wait: the page may end early, with a place from which the next one goes on.
 */
export async function searchPage<Row extends { bytes: number | string | null }>(search: TextSearch<Row>) {
  const rows: Row[] = []
  let [before, bytes, searched] = [search.from, 0, 0]
  for (let count = firstSlice * search.limit; searched < maxSearched; count = Math.min(largestSlice, count * 4)) {
    const slice = await search.slice(before, count)
    searched += count
    for (const row of slice.rows) {
      rows.push(row)
      bytes += Number(row.bytes)
      const isFull = rows.length === search.limit || (bytes > search.maxBytes && rows.length > 1)
      if (isFull) return { rows, goesOnFrom: null }
    }
    if (slice.end === null) return { rows, goesOnFrom: null }
    before = slice.end
  }
  return { rows, goesOnFrom: before }
}
