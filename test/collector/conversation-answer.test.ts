import { expect, test } from 'vitest'
import { conversationAnswer, conversationAnswerBytes } from '../../src/collector/conversations/conversation-answer.ts'
import { mergeConversation } from '../../src/collector/conversations/merge-conversation.ts'
import { parseUpsert } from '../../src/collector/conversations/parse-upsert.ts'
import { everyField } from '../contract/request-table.ts'

const storedOf = (body: object) =>
  mergeConversation(null, parseUpsert(JSON.stringify(body)), {
    ...{ projectId: 'p', keyId: 'k', conversationId: 'c', now: '2026-03-01T12:00:00.000Z' },
    createId: () => 'made',
  }).conversation

const parts = [
  { type: 'text', text: 'Look: "this"' },
  { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
]

test.each([
  ['with every field', everyField('openai')],
  ['for a support ticket', everyField('support_ticket')],
  ['for a support copilot', everyField('support_copilot')],
  ['with nothing but what is required', { type: 'openai', messages: [{ role: 'user', content: '' }] }],
  ['with content in parts', { type: 'openai', messages: [{ role: 'user', content: parts }] }],
  ['without content', { type: 'support_ticket', messages: [{ role: 'agent' }] }],
])('an answer %s is the same, whether built or written', (_which, body) => {
  const stored = storedOf(body)

  expect(JSON.parse(conversationAnswerBytes(stored).toString())).toEqual(
    JSON.parse(JSON.stringify(conversationAnswer(stored))),
  )
})
