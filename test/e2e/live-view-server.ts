import type * as Collector from '../../src/collector/index.ts'

// The built one, as it is installed; its types come from the source, since the types are checked without a build.
const builtCollector = new URL('../../dist/collector.js', import.meta.url).href

/** What no page may run, wherever it is stored. */
export const hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script>'

/** Where a live view is, what it keeps in, and what its reader may. */
export type LiveViewOptions = {
  basePath?: string
  role?: Collector.KeyRole
  /** @defaultValue a store in memory */
  databaseUrl?: string | undefined
}

/** A collector with its live view, under a path where one is given, and a key of a role to sign in with. */
export async function startLiveView({ basePath = '', role, databaseUrl }: LiveViewOptions = {}) {
  const built: typeof Collector = await import(builtCollector)
  const { addKey, createLiveView, serveCollector } = built
  const store = databaseUrl ? await built.openPostgresStore(databaseUrl) : built.openSqliteStore(':memory:')
  const { key: apiKey } = await addKey(store, { type: 'api', ...(role !== undefined && { role }) })
  const { key: webKey } = await addKey(store, { type: 'web' })
  const liveView = createLiveView()
  const served = await serveCollector({ store, port: 0, basePath, routes: liveView.routes })

  async function send(path: string, body: object) {
    const headers = { authorization: `Bearer ${webKey}`, 'content-type': 'application/json' }
    const answer = await fetch(`${served.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(await answer.text())
  }

  return {
    url: served.url,
    store,
    port: served.port,
    apiKey,
    webKey,
    send,
    /** Deletes a conversation, or a visitor with everything of them, as a program with the API key does. */
    async erase(path: string) {
      const headers = { authorization: `Bearer ${apiKey}` }
      const answer = await fetch(`${served.url}${path}`, { method: 'DELETE', headers })
      if (!answer.ok) throw new Error(await answer.text())
    },
    say: (id: string, question: string, more: object = {}) => send('/conversations', chat(id, question, more)),
    /** Ids of what is stored, in their order. */
    storedIds: async () =>
      (await store.listConversations('default', { limit: 100 })).conversations.map(({ id }) => id).sort(),
    /** An address that signs in, once. */
    ticketUrl: async () => `${served.url}/sign-in?ticket=${await liveView.createSignInTicket(apiKey)}`,
    async close() {
      await served.close()
      await store.close()
    },
  }
}

export type LiveViewServer = Awaited<ReturnType<typeof startLiveView>>

/** A question with an answer whose first link was clicked, begun on a page of its own. */
function chat(id: string, question: string, more: object) {
  const link = { url: 'https://docs.example.com/install', label: 'Install' }
  const click = { ...link, clickedAt: '2026-03-01T12:00:09.000Z' }
  return {
    id,
    type: 'openai',
    createdAt: '2026-03-01T12:00:00.000Z',
    userProperties: { id: 'visitor-1', identificationType: 'COOKIED' },
    properties: { chatlog: { page: { url: 'https://docs.example.com/', title: 'Docs' } } },
    messages: [
      { id: `${id}-q`, role: 'user', content: question, createdAt: '2026-03-01T12:00:00.000Z' },
      {
        id: `${id}-a`,
        role: 'assistant',
        content: 'With npm.',
        createdAt: '2026-03-01T12:00:03.000Z',
        links: [link, { url: 'https://docs.example.com/never', label: 'Never clicked' }],
        properties: { chatlog: { status: 'complete', linkClicks: [click] } },
      },
    ],
    ...more,
  }
}

/** A conversation of which every text is hostile. */
export function hostileChat(id: string) {
  const chatlog = {
    page: { url: `https://docs.example.com/${hostile}`, title: hostile },
    visitorId: hostile,
    status: hostile,
    linkClicks: [{ url: `javascript:alert(3)//${hostile}`, label: hostile, clickedAt: hostile }],
  }
  return {
    id,
    type: 'openai',
    tags: [hostile],
    userProperties: { id: hostile, identificationType: hostile },
    properties: { chatlog },
    messages: [
      { id: `${id}-q`, role: 'user', name: hostile, content: hostile },
      {
        id: `${id}-a`,
        role: 'assistant',
        content: hostile,
        links: [{ url: hostile, label: hostile }],
        properties: { chatlog },
      },
    ],
  }
}
