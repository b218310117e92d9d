import { z } from 'zod'
import { contentPartSchema, linkSchema, toolCallSchema, userPropertiesSchema } from './conversation.ts'

const text = z.string().nullable()
const openObject = z.record(z.string(), z.unknown()).nullish()
const content = z.union([z.string(), z.array(contentPartSchema)])

/** A stored message as the answer gives it back: the first nine fields always present, `null` where empty. */
export const storedMessageSchema = z.object({
  id: z.string(),
  type: text,
  externalId: text,
  externalUrl: text,
  conversationId: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  role: z.string(),
  content: content.nullable(),
  name: text.optional(),
  links: z.array(linkSchema).nullish(),
  properties: openObject,
  userProperties: userPropertiesSchema.nullish(),
  tool_calls: z.array(toolCallSchema).nullish(),
})

/** A message in the form that the model's own API takes, with no other field. */
export const openaiFormatMessageSchema = z.object({
  role: z.string(),
  content,
  name: z.string().optional(),
  tool_calls: z.array(toolCallSchema).optional(),
})

/** A conversation as it is stored: always-present fields are `null` where empty. */
export const storedConversationSchema = z.object({
  id: z.string(),
  type: z.enum(['openai', 'support_ticket', 'support_copilot']),
  createdAt: z.string(),
  updatedAt: z.string(),
  externalId: text,
  externalUrl: text,
  supportTicketConversationId: text,
  projectId: text,
  integrationId: text,
  visibility: z.enum(['private', 'public']).nullable(),
  properties: openObject,
  userProperties: userPropertiesSchema.nullish(),
  tags: z.array(z.string()).nullish(),
  messages: z.array(storedMessageSchema),
})

/**
 * Answer 200 of `POST /conversations`: the stored conversation, and for `openai` its messages once more in the form the
 * model's own API uses.
 */
export const conversationAnswerSchema = z.discriminatedUnion('type', [
  storedConversationSchema.extend({
    type: z.literal('openai'),
    messagesOpenAIFormat: z.array(openaiFormatMessageSchema),
  }),
  storedConversationSchema.extend({ type: z.enum(['support_ticket', 'support_copilot']) }),
])

/**
 * Answer 200 of `GET /conversations`: one page, newest first. A conversation has its messages where the request asks
 * for them, with `messages=true` or, as the public client pages, with `offset`.
 */
export const conversationPageSchema = z.object({
  conversations: z.array(z.union([conversationAnswerSchema, storedConversationSchema.omit({ messages: true })])),
  /** Conversations on this page. */
  count: z.number().int(),
  /** Conversations that the filters let through; `null` with `text`, and beyond 10,000 where no `offset` is given. */
  total: z.number().int().nullable(),
  /** Conversations a page holds at most; it ends earlier where its messages are over 4 MB. */
  pageSize: z.number().int(),
  /** `cursor` of the next page, `null` after the last one. */
  nextCursor: z.string().nullable(),
})

/** Answer 200 of `DELETE /conversations/{id}`. */
export const deletedSchema = z.object({ success: z.boolean(), message: z.string() })

/** Answer 200 of `DELETE /visitors/{id}`: how many of each were deleted. */
export const forgottenSchema = z.object({
  conversations: z.number().int(),
  messages: z.number().int(),
  events: z.number().int(),
  feedback: z.number().int(),
  /** Other ids that stood beside this one: the same person, or somebody else at the same browser. */
  alsoKnownAs: z.array(z.string()),
})

/** A message as the store keeps it, and as it is given back. */
export type StoredMessage = z.infer<typeof storedMessageSchema>
/** A conversation as the store keeps it: every message, and `null` where a field that is always present is empty. */
export type StoredConversation = z.infer<typeof storedConversationSchema>
export type OpenaiFormatMessage = z.infer<typeof openaiFormatMessageSchema>
export type ConversationAnswer = z.infer<typeof conversationAnswerSchema>
