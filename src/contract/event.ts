import { z } from 'zod'
import { dateTimeSchema, idSchema, userPropertiesSchema } from './conversation.ts'

const text = z.string().nullish()
const openObject = z.record(z.string(), z.unknown())

const eventFields = {
  id: idSchema.min(1).optional(),
  type: z.string(),
  createdAt: dateTimeSchema.nullish(),
  projectId: text,
  integrationId: text,
  properties: openObject.nullish(),
  userProperties: userPropertiesSchema.nullish(),
}

/** What an event is about, by the value of `entityType`. */
const subjects = {
  message: { entityType: z.literal('message'), messageId: idSchema },
  conversation: { entityType: z.literal('conversation'), conversationId: idSchema },
  search: { entityType: z.literal('search'), searchQuery: z.string() },
}

/**
 * Body of `POST /events`: one thing that happened to a message, to a conversation or in a search. `type` is the
 * sender's own word for it. The same `id` again replaces the event. `searchQuery` is what a person typed.
 */
export const eventInsertSchema = z.discriminatedUnion('entityType', [
  z.object({ ...eventFields, ...subjects.message }),
  z.object({ ...eventFields, ...subjects.conversation }),
  z.object({ ...eventFields, ...subjects.search }),
])

const storedFields = {
  id: z.string(),
  type: z.string(),
  createdAt: z.string(),
  projectId: z.string().nullable(),
  integrationId: z.string().nullable(),
  properties: openObject.nullish(),
  userProperties: userPropertiesSchema.nullish(),
}

/** Answer 200 of `POST /events`: the event as it is stored. */
export const eventAnswerSchema = z.discriminatedUnion('entityType', [
  z.object({ ...storedFields, ...subjects.message }),
  z.object({ ...storedFields, ...subjects.conversation }),
  z.object({ ...storedFields, ...subjects.search }),
])

export type EventInsert = z.infer<typeof eventInsertSchema>
/** An event as the store keeps it. */
export type EventAnswer = z.infer<typeof eventAnswerSchema>
