import { z } from 'zod'
import {
  conversationAnswerSchema,
  conversationPageSchema,
  deletedSchema,
  forgottenSchema,
  openaiFormatMessageSchema,
  storedMessageSchema,
} from '../../contract/answer.ts'
import {
  contentPartSchema,
  conversationUpsertSchema,
  linkSchema,
  openaiMessageSchema,
  supportMessageSchema,
  toolCallSchema,
  userPropertiesSchema,
} from '../../contract/conversation.ts'
import { eventAnswerSchema, eventInsertSchema } from '../../contract/event.ts'
import { feedbackAnswerSchema, feedbackReasonSchema, feedbackUpsertSchema } from '../../contract/feedback.ts'
import { problemSchema } from '../../contract/problem.ts'

/** A schema as JSON, as far as this folder looks into it. */
export type JsonSchema = {
  $ref?: string
  type?: string | string[]
  description?: string
  format?: string
  const?: unknown
  enum?: unknown[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  additionalProperties?: JsonSchema | boolean
}

/** Schemas of what a request may hold. They forbid no unknown keys, as the collector ignores those. */
const requestSchemas = {
  ConversationUpsert: [conversationUpsertSchema, 'A conversation with all its messages.'],
  OpenaiMessage: [openaiMessageSchema, 'A message of a conversation of type `openai`.'],
  SupportMessage: [supportMessageSchema, 'A message of a support conversation: any role, content may be `null`.'],
  Link: [linkSchema, 'A page that a message cites.'],
  ToolCall: [toolCallSchema, 'A call that the model asked for; `arguments` is JSON as text.'],
  ContentPart: [contentPartSchema, 'One part of a content: text, or an image by its URL.'],
  UserProperties: [userPropertiesSchema, 'Who spoke. Further keys are kept.'],
  EventInsert: [eventInsertSchema, 'One thing that happened to a message, to a conversation or in a search.'],
  FeedbackUpsert: [feedbackUpsertSchema, 'What a visitor thinks of a message.'],
  FeedbackReason: [feedbackReasonSchema, 'Why: the choice that was made, and what was written.'],
} satisfies Record<string, [z.ZodType, string]>

/** Schemas of what an answer holds; there is no other key in it. */
const answerSchemas = {
  Conversation: [conversationAnswerSchema, 'A conversation as it is stored.'],
  StoredMessage: [storedMessageSchema, 'A message as it is stored.'],
  OpenaiFormatMessage: [openaiFormatMessageSchema, 'A message in the form that the model’s own API uses.'],
  ConversationPage: [conversationPageSchema, 'One page of conversations, newest first.'],
  Event: [eventAnswerSchema, 'An event as it is stored.'],
  Feedback: [feedbackAnswerSchema, 'Feedback as it is stored.'],
  Deleted: [deletedSchema, 'A conversation is gone.'],
  Forgotten: [forgottenSchema, 'How much of everything is gone; `alsoKnownAs`: other ids that stood beside this one.'],
  Health: [z.object({ status: z.literal('ok') }), 'The store answers.'],
  Problem: [problemSchema, 'Problem details (RFC 9457); `error` is the older form of the same.'],
} satisfies Record<string, [z.ZodType, string]>

export type SchemaName = keyof typeof requestSchemas | keyof typeof answerSchemas

/** A reference to a schema, for instance `#/components/schemas/Link`. */
export const schemaReference = (name: SchemaName) => ({ $ref: `#/components/schemas/${name}` })

/** Every schema by its name, made from those that requests are parsed with. */
export function componentSchemas(): Record<string, JsonSchema> {
  return { ...jsonSchemas(requestSchemas, 'input'), ...jsonSchemas(answerSchemas, 'output') }
}

function jsonSchemas(schemas: Record<string, [z.ZodType, string]>, io: 'input' | 'output'): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string; description: string }>()
  for (const [id, [schema, description]] of Object.entries(schemas)) registry.add(schema, { id, description })
  const made = z.toJSONSchema(registry, { io, uri: (id) => `#/components/schemas/${id}` })
  const entries = Object.entries(made.schemas).map(([name, { $schema, $id, ...schema }]) => [name, schema])
  return Object.fromEntries(entries)
}
