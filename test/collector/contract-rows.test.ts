import { describe, expect, test } from 'vitest'
import { conversationAnswerSchema } from '../../src/contract/answer.ts'
import {
  bodyWith,
  everyField,
  type FieldRow,
  type Json,
  openaiFields,
  supportFields,
} from '../contract/request-table.ts'
import { collectorUnderTest, problemOf } from './collector-under-test.ts'

/** What the collector sets itself or adds to, whatever was sent. */
const ownFields = ['projectId', 'messages', 'messages[].type']

describe.each<[string, FieldRow[]]>([
  ['openai', openaiFields],
  ['support_ticket', supportFields],
  ['support_copilot', supportFields],
])('every field of the contract’s table, sent in a %s conversation,', (type, fields) => {
  test.each(fields)('$path', async ({ path, isRequired, allowsNull }) => {
    const { post, store200 } = await collectorUnderTest()

    const answer = await store200(everyField(type))
    if (!ownFields.includes(path)) expect(valueAt(answer, path)).toEqual(valueAt(everyField(type), path))

    for (const [value, isAccepted] of [
      [undefined, !isRequired],
      [null, allowsNull],
      [true, false],
    ] as const) {
      // Under ids of its own each time: these are other conversations.
      const body = bodyWith(type, path, value)
      if (path !== 'id') body.id = `with ${value}`
      if (path !== 'messages[].id') renameMessage(body, `message with ${value}`)
      const response = await post(body)
      expect(response.status).toBe(isAccepted ? 200 : 422)
      if (isAccepted) conversationAnswerSchema.parse(await response.json())
      else expect((await problemOf(response)).detail).toMatch(pathPattern(path))
    }
  })
})

function valueAt(body: unknown, path: string): unknown {
  return path
    .replaceAll('[]', '.0')
    .split('.')
    .reduce((inner, step) => (inner as Json)[step], body)
}

function renameMessage(body: Json, id: string): void {
  const [first] = Array.isArray(body.messages) ? body.messages : []
  if (typeof first === 'object' && first !== null) first.id = id
}

function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('[]', '[0]').replace(/[[\].]/g, '\\$&')}: `)
}
