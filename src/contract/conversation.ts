import { z } from 'zod'
import { maxIdBytes } from './limits.ts'

/** ISO 8601 **with a time zone**: `2026-03-01T12:00:00Z` or `…+02:00`. A space for `T` or 30 February is refused. */
export const dateTimeSchema = z.iso.datetime({
  offset: true,
  error: 'expected an ISO 8601 date with time and zone, like 2026-03-01T12:00:00Z',
})

/**
 * An id that a sender chose: at most 512 bytes of UTF-8. It is compared in Unicode's normal form C, so that one name
 * typed on two systems is one id.
 */
export const idSchema = z
  .string()
  .normalize('NFC')
  .refine(isShortEnough, `expected an id of at most ${maxIdBytes} bytes`)
  .refine(isAddressable, "expected an id other than '.' and '..'")

// A UTF-16 unit takes at most three bytes: most ids are known to be short enough without being encoded.
function isShortEnough(id: string): boolean {
  return id.length * 3 <= maxIdBytes || new TextEncoder().encode(id).length <= maxIdBytes
}

/** Addresses lose such steps, also where they are encoded: nobody could read or erase what has such an id. */
function isAddressable(id: string): boolean {
  return id !== '.' && id !== '..'
}

/** Who somebody is. JSON rounds integers beyond 2^53: two people would be one, and forgetting one would miss both. */
const personIdSchema = z
  .union([z.string().normalize('NFC'), z.number()])
  .refine((id) => typeof id === 'string' || !Number.isInteger(id) || Number.isSafeInteger(id), {
    error: 'expected an integer of at most 2^53 - 1, or the same as text',
  })

const text = z.string().nullish()
const openObject = z.record(z.string(), z.unknown())

/**
 * Who spoke. An open object: further keys are kept.
 *
 * `identificationType` is `COOKIED` (random id kept in a cookie), `ID_PROVIDED` (the site named the user) or
 * `ANONYMOUS` (no lasting id); other strings pass.
 */
export const userPropertiesSchema = z.looseObject({
  id: personIdSchema.nullish(),
  userId: personIdSchema.nullish(),
  identificationType: text,
  supportAgentName: text,
  userType: text,
})

/** A page that a message cites or offers. `url` may be any string; the label is text a person or model wrote. */
export const linkSchema = z.object({
  url: z.string(),
  label: text,
  title: text,
  description: text,
  type: text,
  breadcrumbs: z.array(z.string()).nullish(),
})

/** A call the model asked for. All four fields are required; `arguments` is JSON as text, never parsed here. */
export const toolCallSchema = z.object({
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
})

/** One part of a message's content: text, or an image by URL (data URLs included). */
export const contentPartSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({
    type: z.literal('image_url'),
    image_url: z.object({ url: z.string(), detail: z.enum(['auto', 'low', 'high']).optional() }),
  }),
])

const messageFields = {
  id: idSchema.optional(),
  type: text,
  externalId: text,
  externalUrl: text,
  name: text,
  createdAt: dateTimeSchema.nullish(),
  updatedAt: dateTimeSchema.nullish(),
  links: z.array(linkSchema).nullish(),
  properties: openObject.nullish(),
  userProperties: userPropertiesSchema.nullish(),
}

/** A message of an `openai` conversation. `""` and `[]` are content; `null` is not. */
export const openaiMessageSchema = z.object({
  ...messageFields,
  role: z.enum(['system', 'user', 'assistant']),
  content: z.union([z.string(), z.array(contentPartSchema)]),
  tool_calls: z.array(toolCallSchema).nullish(),
})

/** A message of a `support_ticket` or `support_copilot` conversation: any role, content optional and nullable. */
export const supportMessageSchema = z.object({
  ...messageFields,
  role: z.string(),
  content: text,
})

const conversationFields = {
  id: idSchema.min(1).optional(),
  externalId: text,
  externalUrl: text,
  supportTicketConversationId: text,
  createdAt: dateTimeSchema.nullish(),
  updatedAt: dateTimeSchema.nullish(),
  projectId: text,
  integrationId: text,
  properties: openObject.nullish(),
  userProperties: userPropertiesSchema.nullish(),
  tags: z.array(z.string()).nullish(),
  visibility: z.enum(['private', 'public']).nullish(),
}

/** Ids are unique in the project, so in a body too: two messages of one id would be one message. */
function refuseRepeatedIds(check: { value: { id?: string | undefined }[]; issues: z.core.$ZodRawIssue[] }) {
  const firstIndexById = new Map<string, number>()
  check.value.forEach(({ id }, index) => {
    if (id === undefined) return
    const first = firstIndexById.get(id)
    if (first === undefined) firstIndexById.set(id, index)
    else {
      const message = `the same id as messages[${first}]`
      check.issues.push({ code: 'custom', input: id, path: [index, 'id'], message })
    }
  })
}

const messagesOf = <Message extends z.ZodType<{ id?: string | undefined }>>(message: Message) =>
  z.array(message).min(1).check(refuseRepeatedIds)

const supportConversation = <Type extends string>(type: Type) =>
  z.object({ ...conversationFields, type: z.literal(type), messages: messagesOf(supportMessageSchema) })

/**
 * Body of `POST /conversations`: logs a new conversation or updates an existing one, by `id`. Always holds **all**
 * messages. Unknown keys are dropped, never an error.
 */
export const conversationUpsertSchema = z.discriminatedUnion('type', [
  z.object({ ...conversationFields, type: z.literal('openai'), messages: messagesOf(openaiMessageSchema) }),
  supportConversation('support_ticket'),
  supportConversation('support_copilot'),
])

export type UserProperties = z.infer<typeof userPropertiesSchema>
export type Link = z.infer<typeof linkSchema>
export type ToolCall = z.infer<typeof toolCallSchema>
export type ContentPart = z.infer<typeof contentPartSchema>
/** Body of `POST /conversations`: a conversation with all its messages. */
export type ConversationUpsert = z.infer<typeof conversationUpsertSchema>
export type OpenaiConversation = Extract<ConversationUpsert, { type: 'openai' }>
