import type { StoredMessage } from '../../contract/answer.ts'
import { type Gap, gapsOf, type Place, placesIn, positionStep, positionsAt } from '../store/message-places.ts'
import type { ISql } from './sql.ts'

type Positions = Map<string, number>
type Owner = { projectId: string; conversationId: string }

/** What is known of a conversation's messages without reading them. */
export type KnownPlaces = {
  /** Positions of those that the upsert names. */
  positions: Positions
  /** Position of the last one of all; `null` where there is none. */
  last: number | null
}

/**
 * Positions of all the given messages, of new ones among the stored ones. It reads no message whole. Messages that
 * follow the last one, which is what almost every upsert brings, cost no statement.
 */
export async function positionsOf(
  sql: ISql,
  owner: Owner,
  messages: readonly StoredMessage[],
  { positions, last }: KnownPlaces,
): Promise<Positions> {
  const gaps = gapsOf(messages, positions)
  if (!gaps) return reorder(sql, owner, messages)
  const places = await Promise.all(gaps.map((gap) => placesOf(sql, owner, gap, last)))
  const found = places.flat().map((place) => positionsAt(place))
  if (found.every((given) => given !== null)) return new Map([...positions, ...found.flat()])
  const roomy = await makeRoom(sql, owner)
  const named = new Map([...positions.keys()].map((id) => [id, roomy.get(id) ?? 0]))
  return positionsOf(sql, owner, messages, { positions: named, last: Math.max(...roomy.values()) })
}

async function placesOf(sql: ISql, owner: Owner, gap: Gap, last: number | null): Promise<Place[]> {
  if (gap.low === last) return [{ after: last, before: gap.high, messages: gap.messages }]
  const { projectId, conversationId } = owner
  const ofConversation = sql`project_id = ${projectId} and conversation_id = ${conversationId}`
  const later = await sql<{ position: number | null }[]>`
    select (
      select min(position) from chatlog.messages
      where ${ofConversation} and created_ms > sent.created_ms
      and position > ${gap.low ?? -2_147_483_648} and position < ${gap.high ?? 2_147_483_647}
    ) as position
    from unnest(${gap.messages.map(({ createdAt }) => Date.parse(createdAt))}::bigint[]) with ordinality as sent (created_ms, number)
    order by sent.number`
  const places = placesIn(
    gap,
    later.map(({ position }) => position),
  )
  const before = await sql<{ position: number | null }[]>`
    select (
      select max(position) from chatlog.messages where ${ofConversation} and position < place.before
    ) as position
    from unnest(${places.map((place) => place.before ?? 2_147_483_647)}::bigint[]) with ordinality as place (before, number)
    order by place.number`
  return places.map((place, index) => ({ ...place, after: before[index]?.position ?? null }))
}

/** Numbers all messages anew, in their order, with room between them; where they stand then. */
async function makeRoom(sql: ISql, { projectId, conversationId }: Owner): Promise<Positions> {
  const rows = await sql<{ id: string; position: number }[]>`
    update chatlog.messages as message set position = ${positionStep} * numbered.place
    from (
      select id, row_number() over (order by position)::integer as place from chatlog.messages
      where project_id = ${projectId} and conversation_id = ${conversationId}
    ) as numbered
    where message.project_id = ${projectId} and message.conversation_id = ${conversationId} and message.id = numbered.id
    returning message.id, message.position`
  return new Map(rows.map(({ id, position }) => [id, position]))
}

/** Puts the stored messages into the order given. */
async function reorder(sql: ISql, owner: Owner, messages: readonly StoredMessage[]): Promise<Positions> {
  const { projectId, conversationId } = owner
  const positions = new Map(messages.map(({ id }, index) => [id, (index + 1) * positionStep]))
  await sql`
    update chatlog.messages as message set position = given.position
    from unnest(${[...positions.keys()]}::text[], ${[...positions.values()]}::integer[]) as given (id, position)
    where message.project_id = ${projectId} and message.conversation_id = ${conversationId} and message.id = given.id`
  return positions
}
