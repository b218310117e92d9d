import {
  Conversation$inboundSchema,
  CreateConversation$inboundSchema,
} from '@inkeep/inkeep-analytics/models/components'
import { describe, expect, test } from 'vitest'
import { conversationAnswerSchema } from '../../src/contract/answer.ts'
import { conversationUpsertSchema } from '../../src/contract/conversation.ts'
import { bodyWith, everyField, type FieldRow, openaiFields, supportFields } from './request-table.ts'

const isAccepted = (schema: { safeParse(body: unknown): { success: boolean } }, body: unknown) =>
  schema.safeParse(body).success

describe.each<[string, FieldRow[]]>([
  ['openai', openaiFields],
  ['support_ticket', supportFields],
  ['support_copilot', supportFields],
])('our schema and the public client’s agree on a %s body', (type, fields) => {
  test('with every field', () => {
    expect(isAccepted(CreateConversation$inboundSchema, everyField(type))).toBe(true)
  })

  // Messages have a type in the documentation only: the client drops it unread.
  const checked = fields.filter(({ path }) => path !== 'messages[].type')
  test.each(checked)('without $path, with null for it, with true for it', ({ path }) => {
    for (const value of [undefined, null, true]) {
      const body = bodyWith(type, path, value)
      expect(isAccepted(conversationUpsertSchema, body)).toBe(isAccepted(CreateConversation$inboundSchema, body))
    }
  })
})

test('our answer schema accepts no conversation that the public client refuses', () => {
  const stored = {
    ...everyField('openai'),
    messagesOpenAIFormat: [{ role: 'user', content: 'c' }],
    messages: [{ ...(everyField('openai').messages as object[])[0], conversationId: 'c' }],
  }
  expect([conversationAnswerSchema, Conversation$inboundSchema].map((schema) => isAccepted(schema, stored))).toEqual([
    true,
    true,
  ])

  for (const name of Object.keys(stored)) {
    const { [name]: _left, ...without } = stored as Record<string, unknown>
    expect([name, isAccepted(conversationAnswerSchema, without)]).toEqual([
      name,
      isAccepted(Conversation$inboundSchema, without),
    ])
  }
})
