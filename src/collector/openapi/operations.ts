import type { ProblemCode } from '../../contract/problem.ts'
import { type Examples, requestExamples } from './examples.ts'
import type { JsonSchema, SchemaName } from './schemas.ts'

/** A part of the address. With its example, the operation finds what the examples of the requests have stored. */
export type Parameter = {
  name: string
  in: 'query' | 'path'
  description: string
  schema: JsonSchema
  example: string | number
}

/** One thing that can be asked of the collector. */
export type Operation = {
  id: string
  method: 'get' | 'post' | 'delete'
  /** With `{name}` for the parts of the path that are parameters. */
  path: string
  summary: string
  description: string
  /** Keys that may: `web` means either. `none`: no key is needed. */
  key: 'web' | 'api' | 'none'
  parameters?: Parameter[]
  request?: { schema: SchemaName; examples: Examples }
  answer: SchemaName
  problems: ProblemCode[]
}

const text: JsonSchema = { type: 'string' }
const conversationId: Parameter = {
  name: 'id',
  in: 'path',
  description: 'The conversation’s id, percent-encoded.',
  schema: text,
  example: 'c1',
}
const always: ProblemCode[] = ['unauthorized', 'forbidden', 'too_many_requests', 'internal_server_error']
const writing: ProblemCode[] = ['bad_request', 'unprocessable_entity', ...always, 'service_unavailable']
const reading: ProblemCode[] = ['not_found', ...always, 'service_unavailable']

const query = (name: string, description: string, example: string | number, schema = text): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
  example,
})

const day = 'A day (`2026-03-01`, UTC, included) or a date with a zone'
const filters: Parameter[] = [
  query('visitor', 'An id of the visitor, also the one in their cookie.', 'V1StGXR8_Z5jdHi6B-myT'),
  query('from', `${day}: created then or later.`, '2026-03-01'),
  query('to', `${day} (then excluded): created before.`, '2026-03-31T00:00:00Z'),
  query('tag', 'A tag, whole.', 'docs'),
  query('page', 'Beginning of the URL of the page on which it began.', 'https://docs.example.com/'),
  query('clicked', 'Beginning of the URL of a link that was clicked in it.', 'https://docs.example.com/install'),
  query('feedback', 'Feedback that a message of it got; `any` of both, or `none`.', 'negative', {
    enum: ['positive', 'negative', 'any', 'none'],
  }),
  query(
    'answer',
    'How one of its answers ended; `none` for a last question without one, `bad` for any question without a good one.',
    'complete',
    { enum: ['complete', 'streaming', 'aborted', 'error', 'interrupted', 'other', 'none', 'bad'] },
  ),
  query('clicks', 'A link was clicked in it, or none was.', 'with', { enum: ['with', 'without'] }),
  query('minMessages', 'Messages at least.', 1, { type: 'integer' }),
  query('maxMessages', 'Messages at most.', 100, { type: 'integer' }),
  query('askedAgain', '`yes`: a question was asked twice, or an answer made anew.', '', { enum: ['yes', ''] }),
  query('notFound', '`yes`: an answer could not find something, in the words that the live view was told.', '', {
    enum: ['yes', ''],
  }),
  query(
    'text',
    'Words that one message says, in any order, case and form; `word*`: that begin so. `total` is `null`.',
    'install*',
  ),
]
const wholeNumber: JsonSchema = { type: 'integer' }

/** Everything that can be asked, in the order of the document. */
export const operations: Operation[] = [
  {
    id: 'logConversation',
    method: 'post',
    path: '/conversations',
    summary: 'Log a conversation',
    description:
      'Logs a new conversation or updates an existing one, by `id`. Always include all messages: present ones are ' +
      'inserted or updated, absent ones kept. An API key is answered the whole stored conversation, a WEB key what its ' +
      'own request held. At most 2,097,152 bytes, also after inflating a body with `Content-Encoding: gzip`.',
    key: 'web',
    request: { schema: 'ConversationUpsert', examples: requestExamples.conversations },
    answer: 'Conversation',
    problems: writing,
  },
  {
    id: 'logEvent',
    method: 'post',
    path: '/events',
    summary: 'Log an event',
    description: 'One event a request. `type` is your own word for it; the same `id` again replaces the event.',
    key: 'web',
    request: { schema: 'EventInsert', examples: requestExamples.events },
    answer: 'Event',
    problems: writing,
  },
  {
    id: 'logFeedback',
    method: 'post',
    path: '/feedback',
    summary: 'Log feedback',
    description:
      'An upsert by `id`; without one, by the message and the visitor, so that a changed mind replaces the first opinion.',
    key: 'web',
    request: { schema: 'FeedbackUpsert', examples: requestExamples.feedback },
    answer: 'Feedback',
    problems: writing,
  },
  {
    id: 'listConversations',
    method: 'get',
    path: '/conversations',
    summary: 'List conversations',
    description:
      'One page, newest `createdAt` first. There is more as long as `nextCursor` isn’t `null`. With messages, a page ' +
      'ends at 4 MB of them: go on by cursor, or by `count`.',
    key: 'api',
    parameters: [
      query('limit', 'Conversations in a page, 1 to 100; 20 by default.', 10, wholeNumber),
      query('cursor', '`nextCursor` of the page before.', 'MTc5MDAwMDAwMDAwMCAxMDAwMDAw'),
      query('offset', 'Conversations skipped, where no cursor is given. Messages are included.', 0, wholeNumber),
      query('messages', 'Whether the messages are included; without `offset` they aren’t.', 'true', {
        type: 'boolean',
      }),
      ...filters,
    ],
    answer: 'ConversationPage',
    problems: ['bad_request', ...always, 'service_unavailable'],
  },
  {
    id: 'getConversation',
    method: 'get',
    path: '/conversations/{id}',
    summary: 'Read a conversation',
    description: 'The whole conversation.',
    key: 'api',
    parameters: [conversationId],
    answer: 'Conversation',
    problems: reading,
  },
  {
    id: 'deleteConversation',
    method: 'delete',
    path: '/conversations/{id}',
    summary: 'Delete a conversation',
    description: 'Erases it with its messages and the events and feedback on them.',
    key: 'api',
    parameters: [conversationId],
    answer: 'Deleted',
    problems: reading,
  },
  {
    id: 'forgetVisitor',
    method: 'delete',
    path: '/visitors/{id}',
    summary: 'Forget a visitor',
    description:
      'Erases every conversation in which the id stands, on itself or on a message, and every event and feedback of ' +
      'theirs or on those. Nothing to erase is no error.',
    key: 'api',
    parameters: [
      {
        name: 'id',
        in: 'path',
        description: 'An id of the visitor: the site’s, or the one in their cookie. Percent-encoded.',
        schema: text,
        example: 'V1StGXR8_Z5jdHi6B-myT',
      },
    ],
    answer: 'Forgotten',
    problems: ['bad_request', ...always, 'service_unavailable'],
  },
  {
    id: 'health',
    method: 'get',
    path: '/health',
    summary: 'Health',
    description: 'Whether the collector works, its store included.',
    key: 'none',
    answer: 'Health',
    problems: ['service_unavailable'],
  },
]
