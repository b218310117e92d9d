import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as Collector from '../../src/collector/index.ts'
import type { StoredConversation } from '../../src/contract/answer.ts'
import type { ConversationUpsert } from '../../src/contract/conversation.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'

// The built one, as it is installed; its types come from the source, since the types are checked without a build.
const builtCollector = new URL('../../dist/collector.js', import.meta.url).href

/** A real collector with an empty store of its own, behind a proxy that sees everything. */
export interface TestCollector extends Omit<FaultProxy, 'url' | 'close'> {
  /** Absolute URL that takes conversations. */
  endpoint: string
  webKey: string
  apiKey: string
  /** Bodies of the upserts that arrived whole, oldest first, whatever became of them. */
  upserts(): ConversationUpsert[]
  /** Every stored conversation, whole, oldest first, parts in order; read with the API key, past the proxy. */
  stored(): Promise<StoredConversation[]>
  /** What was said, conversation by conversation: `['user: Hi', 'assistant: Hello']`. For `expect.poll`. */
  transcripts(): Promise<string[][]>
  /** Makes a WEB key that works from these origins alone. */
  addWebKey(origins: string[]): Promise<string>
  close(): Promise<void>
}

/** Starts a collector on a temporary store. */
export async function startTestCollector(): Promise<TestCollector> {
  const { addKey, openSqliteStore, serveCollector }: typeof Collector = await import(builtCollector)
  const directory = await mkdtemp(join(tmpdir(), 'chatlog-e2e-'))
  const store = openSqliteStore(directory)
  const { key: webKey } = await addKey(store, { type: 'web' })
  const { key: apiKey } = await addKey(store, { type: 'api' })
  const served = await serveCollector({ store, port: 0 })
  const { url, ...proxy } = await startFaultProxy(served.port)

  const read = async (path: string) => {
    const answer = await fetch(`${served.url}${path}`, { headers: { authorization: `Bearer ${apiKey}` } })
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }

  const stored = async (): Promise<StoredConversation[]> => {
    const { conversations } = await read('/conversations?limit=100')
    const whole: StoredConversation[] = await Promise.all(
      conversations.map(({ id }: { id: string }) => read(`/conversations/${encodeURIComponent(id)}`)),
    )
    return whole.sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id))
  }

  return {
    ...proxy,
    endpoint: `${url}/conversations`,
    webKey,
    apiKey,
    upserts: () =>
      proxy.requests.filter(({ method, body }) => method === 'POST' && body !== '').map(({ body }) => JSON.parse(body)),
    stored,
    transcripts: async () =>
      (await stored()).map(({ messages }) => messages.map(({ role, content }) => `${role}: ${content}`)),
    addWebKey: async (origins) => (await addKey(store, { type: 'web', origins })).key,
    async close() {
      await proxy.close()
      await served.close()
      await store.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
