import { z } from 'zod'
import { contentPartSchema, linkSchema, toolCallSchema, userPropertiesSchema } from './conversation.ts'

const text = z.string().nullable()
const openObject = z.record(z.string(), z.unknown()).nullish()

/** A stored message as the answer gives it back: the first ten fields always present, `null` where empty. */
export const storedMessageSchema = z.object({
  id: z.string(),
  type: text,
  externalId: text,
  externalUrl: text,
  conversationId: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  role: z.string(),
  content: z.union([z.string(), z.array(contentPartSchema)]).nullable(),
  name: text.optional(),
  links: z.array(linkSchema).nullish(),
  properties: openObject,
  userProperties: userPropertiesSchema.nullish(),
  tool_calls: z.array(toolCallSchema).nullish(),
})

/** A message in the form the model's own API uses, and nothing else. */
export const openaiFormatMessageSchema = z.object({
  role: z.string(),
  content: z.union([z.string(), z.array(contentPartSchema)]).nullable(),
  name: z.string().optional(),
  tool_calls: z.array(toolCallSchema).optional(),
})

/** Answer 200 of `POST /conversations`: the whole stored conversation; always-present fields are `null` where empty. */
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
  messagesOpenAIFormat: z.array(openaiFormatMessageSchema).optional(),
})

export type StoredMessage = z.infer<typeof storedMessageSchema>
export type StoredConversation = z.infer<typeof storedConversationSchema>
