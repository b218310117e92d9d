import { maxVisitorIds, type VisitorId } from './store.ts'

/**
 * The id of a visitor, and every id that stood beside it or beside one of those, at most `maxVisitorIds`.
 *
 * @param neighboursOf the ids that stood in one conversation with one of these, at most as many, in the order of their values
 */
export async function withAllNeighbours(
  id: string,
  neighboursOf: (ids: string[]) => Promise<{ value: string }[]>,
): Promise<string[]> {
  let ids = [id]
  for (let known = 0; known < ids.length; ) {
    known = ids.length
    const found = await neighboursOf(ids)
    ids = [...new Set([...ids, ...found.map(({ value }) => value)])].slice(0, maxVisitorIds)
  }
  return ids
}

/** The ids with the numbers of their conversations, 0 where none was counted. */
export function countedIds(ids: readonly string[], counts: readonly VisitorId[]): VisitorId[] {
  const conversationsOf = new Map(counts.map(({ id, conversations }) => [id, conversations]))
  return ids.map((id) => ({ id, conversations: conversationsOf.get(id) ?? 0 }))
}
