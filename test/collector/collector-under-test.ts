import { type CollectorOptions, createCollector } from '../../src/collector/http/create-collector.ts'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { addKey } from '../../src/collector/store/keys.ts'
import { type ConversationAnswer, conversationAnswerSchema } from '../../src/contract/answer.ts'
import type { Problem } from '../../src/contract/problem.ts'

/** Where a test collector's clock starts. */
export const startOfTime = '2026-11-22T12:00:00.000Z'

/** A collector with a store in memory, a WEB key, an API key, and a clock that stands still until it is advanced. */
export async function collectorUnderTest(options: Partial<CollectorOptions> = {}) {
  let time = Date.parse(startOfTime)
  const store = options.store ?? openSqliteStore(':memory:')
  const errors: unknown[] = []
  const collector = createCollector({
    store,
    now: () => time,
    reportError: (error) => errors.push(error),
    ...options,
  })
  const web = await addKey(store, { type: 'web' })
  const api = await addKey(store, { type: 'api' })

  return {
    ...collector,
    store,
    errors,
    web,
    api,
    advance: (milliseconds: number) => {
      time += milliseconds
    },
    /** Posts a body under the WEB key, unless headers say otherwise. */
    post: async (body: unknown, headers: Record<string, string> = {}) =>
      collector.fetch(postRequest(body, { authorization: `Bearer ${web.key}`, ...headers })),
    /** Posts a body that must be accepted; the whole stored conversation. */
    store200: async (body: unknown): Promise<ConversationAnswer> => {
      const response = await collector.fetch(postRequest(body, { authorization: `Bearer ${api.key}` }))
      if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
      return conversationAnswerSchema.parse(await response.json())
    },
    /** Reads a path under the API key, unless headers say otherwise. */
    get: async (path: string, headers: Record<string, string> = {}) =>
      collector.fetch(
        new Request(`http://collector.test${path}`, { headers: { authorization: `Bearer ${api.key}`, ...headers } }),
      ),
  }
}

export type CollectorUnderTest = Awaited<ReturnType<typeof collectorUnderTest>>

/** A POST as a page sends it: JSON, unless headers say otherwise; text and bytes go as they are. */
export function postRequest(body: unknown, headers: Record<string, string> = {}, path = '/conversations'): Request {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream
  return new Request(`http://collector.test${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: isRaw ? (body as BodyInit) : JSON.stringify(body),
    duplex: 'half',
  } as RequestInit)
}

/** The smallest conversation: one user's message. */
export function conversation(fields: Record<string, unknown> = {}) {
  return { type: 'openai', messages: [{ role: 'user', content: 'hello' }], ...fields }
}

/** A message at a second of the test's first minute, so that tests read as sequences. */
export function message(id: string, second = 0, fields: Record<string, unknown> = {}) {
  const at = new Date(Date.parse('2026-11-22T11:00:00.000Z') + second * 1000).toISOString()
  return { id, role: 'user', content: id, createdAt: at, updatedAt: at, ...fields }
}

export async function problemOf(response: Response): Promise<Problem> {
  return (await response.json()) as Problem
}

export function contentsOf({ messages }: Pick<ConversationAnswer, 'messages'>): unknown[] {
  return messages.map(({ content }) => content)
}
