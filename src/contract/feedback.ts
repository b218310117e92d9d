import { z } from 'zod'
import { dateTimeSchema, idSchema, userPropertiesSchema } from './conversation.ts'

const openObject = z.record(z.string(), z.unknown())

/** Why somebody liked an answer or didn't: the choice they made, and what they wrote. */
export const feedbackReasonSchema = z.object({ label: z.string(), details: z.string() })

/**
 * Body of `POST /feedback`: what a visitor thinks of one message. An upsert by `id`; without one, by the message and
 * who speaks, so that a changed mind replaces the first opinion.
 */
export const feedbackUpsertSchema = z.object({
  id: idSchema.min(1).optional(),
  type: z.enum(['positive', 'negative']),
  messageId: idSchema,
  createdAt: dateTimeSchema.nullish(),
  reasons: z.array(feedbackReasonSchema).nullish(),
  properties: openObject.nullish(),
  userProperties: userPropertiesSchema.nullish(),
})

/** Answer 200 of `POST /feedback`: the feedback as it is stored. */
export const feedbackAnswerSchema = z.object({
  id: z.string(),
  type: z.enum(['positive', 'negative']),
  messageId: z.string(),
  createdAt: z.string(),
  reasons: z.array(feedbackReasonSchema).nullish(),
  properties: openObject.nullish(),
  userProperties: userPropertiesSchema.nullish(),
})

export type FeedbackUpsert = z.infer<typeof feedbackUpsertSchema>
/** Feedback as the store keeps it. */
export type FeedbackAnswer = z.infer<typeof feedbackAnswerSchema>
