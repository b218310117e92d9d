import type Database from 'libsql'
import type { StoredMessage } from '../../contract/answer.ts'
import { type Gap, gapsOf, type Place, placesIn, positionStep, positionsAt } from '../store/message-places.ts'

type Positions = Map<string, number>

/** Finds where messages belong among those that are stored, reading none of them whole. */
export function createSqlitePlaces(database: Database.Database) {
  const scope = 'from messages where project_id = ? and conversation_id = ?'
  const selectLater = database.prepare(
    `select min(position) as position from messages indexed by messages_created
     where project_id = ? and conversation_id = ? and created_ms > ? and position > ? and position < ?`,
  )
  const selectBefore = database.prepare(`select max(position) as position ${scope} and position < ?`)
  const renumber = database.prepare(
    `update messages set position = ?3 * numbered.place
     from (select id, row_number() over (order by position) as place from messages
       where project_id = ?1 and conversation_id = ?2) as numbered
     where project_id = ?1 and conversation_id = ?2 and numbered.id = messages.id`,
  )
  const setPosition = database.prepare(
    'update messages set position = ? where project_id = ? and conversation_id = ? and id = ?',
  )
  const selectPositions = database.prepare(`select id, position ${scope}`)

  function placesOf(projectId: string, conversationId: string, gap: Gap): Place[] {
    const { low = null, high } = gap
    const [from, to] = [low ?? Number.MIN_SAFE_INTEGER, high ?? Number.MAX_SAFE_INTEGER]
    const boundaries = gap.messages.map(({ createdAt }) => {
      const found = selectLater.get(projectId, conversationId, Date.parse(createdAt), from, to)
      return (found as { position: number | null }).position
    })
    return placesIn(gap, boundaries).map((place) => {
      const found = selectBefore.get(projectId, conversationId, place.before ?? Number.MAX_SAFE_INTEGER)
      return { ...place, after: (found as { position: number | null }).position }
    })
  }

  /** Numbers all messages anew, in their order, with room between them; where they stand then. */
  function makeRoom(projectId: string, conversationId: string): Positions {
    renumber.run(projectId, conversationId, positionStep)
    const rows = selectPositions.all(projectId, conversationId) as { id: string; position: number }[]
    return new Map(rows.map(({ id, position }) => [id, position]))
  }

  return {
    /**
     * Positions of all the messages given.
     *
     * @param known positions of those that are stored
     */
    of(projectId: string, conversationId: string, messages: readonly StoredMessage[], known: Positions): Positions {
      if (messages.every(({ id }) => known.has(id)) && gapsOf(messages, known)) return known
      const gaps = gapsOf(messages, known)
      if (!gaps) {
        const inOrder = new Map(messages.map(({ id }, index) => [id, (index + 1) * positionStep]))
        for (const [id, position] of inOrder) setPosition.run(position, projectId, conversationId, id)
        return inOrder
      }
      const found = gaps.flatMap((gap) => placesOf(projectId, conversationId, gap)).map((place) => positionsAt(place))
      if (found.every((positions) => positions !== null)) return new Map([...known, ...found.flat()])
      const roomy = makeRoom(projectId, conversationId)
      const named = new Map([...known.keys()].map((id) => [id, roomy.get(id) ?? 0]))
      return this.of(projectId, conversationId, messages, named)
    },
  }
}
