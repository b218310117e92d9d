import { describe, expect, test } from 'vitest'
import { startRetention } from '../../src/collector/conversations/retention.ts'
import { createCollector } from '../../src/collector/http/create-collector.ts'
import { createLiveView } from '../../src/collector/live-view/live-view.ts'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { addKey } from '../../src/collector/store/keys.ts'
import type { StoredConversation } from '../../src/contract/answer.ts'

const origin = 'http://collector.test'

async function collectorWithLiveView() {
  let now = Date.parse('2026-03-01T12:00:00Z')
  const store = openSqliteStore(':memory:')
  const liveView = createLiveView({ now: () => now })
  const collector = createCollector({ store, routes: liveView.routes, now: () => now, eraseDiscarded: true })
  const api = await addKey(store, { type: 'api' })
  const web = await addKey(store, { type: 'web' })
  const request = async (path: string, init: RequestInit = {}) => collector.fetch(new Request(origin + path, init))
  const signIn = (apiKey: string) => request('/sign-in', { method: 'POST', body: new URLSearchParams({ apiKey }) })

  return {
    store,
    liveView,
    collector,
    apiKey: api.key,
    apiKeyId: api.stored.id,
    webKey: web.key,
    request,
    signIn,
    advance: (ms: number) => {
      now += ms
    },
    async signedIn() {
      const cookie = cookieOf(await signIn(api.key))
      return (path: string, init: RequestInit = {}) => request(path, { ...init, headers: { cookie } })
    },
    erase: (path: string) => request(path, { method: 'DELETE', headers: { authorization: `Bearer ${api.key}` } }),
    /** Posts what the live view's own page posts. */
    change: async (path: string, body: unknown) => {
      const headers = { cookie: cookieOf(await signIn(api.key)), 'content-type': 'application/json' }
      return request(`/live-view/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    },
    /** Erases what nobody has written to for a day, which is all but `c2`. */
    async sweep() {
      now += 3_600_000
      await store.upsertConversation('default', 'c2', (stored) => stored as StoredConversation, now)
      now += 86_400_000
      await new Promise<void>((resolve, reject) => {
        const onErased = () => retention.stop().then(resolve)
        const retention = startRetention({ store, days: 1, now: () => now, reportError: reject, onErased })
      })
    },
    say: (id: string, content: string, more = {}, messageMore = {}) =>
      request('/conversations', {
        method: 'POST',
        headers: { authorization: `Bearer ${web.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          id,
          type: 'openai',
          userProperties: { id: 'visitor-1', identificationType: 'COOKIED' },
          messages: [{ id: `${id}-1`, role: 'user', content, ...messageMore }],
          ...more,
        }),
      }),
  }
}

const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? ''

type LiveViewUnderTest = Awaited<ReturnType<typeof collectorWithLiveView>>

const discarded = { properties: { chatlog: { discardedAt: '2026-03-01T12:00:00Z' } } }

async function readEvents(response: Response, count: number) {
  const reader = (response.body as ReadableStream<BufferSource>).pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (text.split('\n\n').length <= count) text += (await reader.read()).value
  return { events: text.split('\n\n').slice(0, count), reader }
}

describe('signing in', () => {
  test('a visitor without a session gets the sign-in page and no data', async () => {
    const { request } = await collectorWithLiveView()

    expect(await (await request('/')).text()).toContain('Sign in to the live view')
    for (const path of ['conversations', 'conversations/c1', 'events']) {
      const response = await request(`/live-view/${path}`)
      expect(response.status).toBe(401)
      expect(response.headers.get('content-type')).toBe('application/problem+json')
    }
  })

  test('an API key opens a session that scripts and other sites cannot use', async () => {
    const { signIn, apiKey, request } = await collectorWithLiveView()

    const response = await signIn(apiKey)

    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('./')
    expect(response.headers.get('set-cookie')).toMatch(/HttpOnly.*SameSite=Lax/i)
    expect(response.headers.get('set-cookie')).not.toContain(apiKey)
    const page = await request('/', { headers: { cookie: cookieOf(response) } })
    expect(await page.text()).toContain('/live-view/main.js')
  })

  test('the cookie stays on https where the page is https, behind a proxy too', async () => {
    const { apiKey, request } = await collectorWithLiveView()
    const body = new URLSearchParams({ apiKey })

    const response = await request('/sign-in', { method: 'POST', body, headers: { 'x-forwarded-proto': 'https' } })

    expect(response.headers.get('set-cookie')).toContain('Secure')
  })

  test('a WEB key, a revoked key and nonsense are refused, each with its reason', async () => {
    const { signIn, webKey, store, apiKey, apiKeyId } = await collectorWithLiveView()
    await store.revokeKey('default', apiKeyId, '2026-03-01T12:00:00Z')

    for (const [key, reason] of [
      [webKey, 'WEB key'],
      [apiKey, 'revoked'],
      ['<script>alert(1)</script>', 'no such key'],
    ] as const) {
      const response = await signIn(key)
      expect(response.status).toBe(401)
      expect(response.headers.get('set-cookie')).toBeNull()
      const text = await response.text()
      expect(text).toContain(reason)
      expect(text).not.toContain('<script>alert')
    }
  })

  test('a ticket signs in once', async () => {
    const { liveView, apiKey, request } = await collectorWithLiveView()
    const ticket = await liveView.createSignInTicket(apiKey)

    const first = await request(`/sign-in?ticket=${ticket}`)
    const second = await request(`/sign-in?ticket=${ticket}`)

    expect(first.status).toBe(303)
    expect(cookieOf(first)).toMatch(/^chatlog_session=[\w-]+\.[\w-]{32}$/)
    expect(second.status).toBe(401)
    expect(second.headers.get('set-cookie')).toBeNull()
  })

  test('a ticket is worth nothing after a minute, nor made for a key that may not read', async () => {
    const { liveView, apiKey, webKey, request, advance } = await collectorWithLiveView()
    const ticket = await liveView.createSignInTicket(apiKey)

    advance(60_000)

    expect((await request(`/sign-in?ticket=${ticket}`)).status).toBe(401)
    await expect(liveView.createSignInTicket(webKey)).rejects.toThrow('API key')
  })

  test('a session ends at sign-out, after twelve hours, and with its key', async () => {
    const { signedIn, advance, store, apiKeyId } = await collectorWithLiveView()
    const path = '/live-view/conversations'

    const leaving = await signedIn()
    await leaving('/sign-out', { method: 'POST' })
    expect((await leaving(path)).status).toBe(401)

    const staying = await signedIn()
    advance(12 * 3_600_000)
    expect((await staying(path)).status).toBe(401)

    const revoked = await signedIn()
    expect((await revoked(path)).status).toBe(200)
    await store.revokeKey('default', apiKeyId, '2026-03-01T12:00:00Z')
    expect((await revoked(path)).status).toBe(401)
  })
})

describe('reading', () => {
  test('the list says who, how identified, what was asked, how much and how many clicks', async () => {
    const { signedIn, say } = await collectorWithLiveView()
    const click = { url: 'https://docs.example/a', label: 'A', clickedAt: '2026-03-01T12:00:00Z' }
    await say('c1', '  How do\nretries work? ', {}, { properties: { chatlog: { linkClicks: [click, { url: 7 }] } } })
    const read = await signedIn()

    const { conversations, total } = await (await read('/live-view/conversations')).json()

    expect(total).toBe(1)
    expect(conversations).toMatchObject([
      {
        id: 'c1',
        excerpt: 'How do retries work?',
        visitor: 'visitor-1',
        identificationType: 'COOKIED',
        messages: 1,
        linkClicks: 1,
        maxBytes: 2_000_000,
        part: null,
      },
    ])
  })

  test('the size is in bytes as stored, not in characters', async () => {
    const { signedIn, say, store } = await collectorWithLiveView()
    await say('c1', '語'.repeat(1000))
    const read = await signedIn()

    const { conversations } = await (await read('/live-view/conversations')).json()

    const stored = await store.findConversation('default', 'c1')
    expect(conversations[0].bytes).toBe(Buffer.byteLength(JSON.stringify(stored)))
    expect(conversations[0].bytes).toBeGreaterThan(3000)
  })

  test('every conversation is reached by its pages, newest first', async () => {
    const { signedIn, say, advance } = await collectorWithLiveView()
    for (let index = 0; index < 35; index += 1) {
      await say(`c${index}`, 'hello')
      advance(1_000)
    }
    const read = await signedIn()

    const first = await (await read('/live-view/conversations')).json()
    const second = await (await read(`/live-view/conversations?cursor=${first.nextCursor}`)).json()

    const ids = [...first.conversations, ...second.conversations].map(({ id }) => id)
    expect(ids).toEqual(Array.from({ length: 35 }, (_, index) => `c${34 - index}`))
    expect(second.nextCursor).toBeNull()
    expect((await read('/live-view/conversations?cursor=made-up')).status).toBe(400)
  })

  test('a conversation comes whole, with the clicks of each message and those of none', async () => {
    const { signedIn, say } = await collectorWithLiveView()
    const click = (url: string) => ({ url, label: null, clickedAt: null })
    const chatlog = (url: string) => ({ properties: { chatlog: { linkClicks: [click(url)] } } })
    await say('c/1', 'hello', chatlog('https://a.example/'), chatlog('https://b.example/'))
    const read = await signedIn()

    const detail = await (await read(`/live-view/conversations/${encodeURIComponent('c/1')}`)).json()

    expect(detail.conversation.messages[0].content).toBe('hello')
    expect(detail.linkClicks).toEqual([click('https://a.example/')])
    expect(detail.messageClicks).toEqual([[click('https://b.example/')]])
    expect((await read('/live-view/conversations/none')).status).toBe(404)
  })

  test('a key of one project never reads another project', async () => {
    const { store, signIn, request, say } = await collectorWithLiveView()
    await say('c1', 'secret')
    const other = await addKey(store, { type: 'api', projectId: 'other' })
    const cookie = cookieOf(await signIn(other.key))

    const page = await (await request('/live-view/conversations', { headers: { cookie } })).json()

    expect(page.conversations).toEqual([])
    expect((await request('/live-view/conversations/c1', { headers: { cookie } })).status).toBe(404)
  })
})

describe('the stream', () => {
  test('a conversation is announced as it is stored', async () => {
    const { signedIn, say } = await collectorWithLiveView()
    const response = await (await signedIn())('/live-view/events')
    const { events: opening, reader } = await readEvents(response, 1)
    expect(opening[0]).toContain('event: ready')

    await say('c1', 'hello')

    const event = (await reader.read()).value ?? ''
    expect(event).toContain('event: stored')
    expect(JSON.parse(/data: (.*)/.exec(event)?.[1] ?? '')).toMatchObject({ summary: { id: 'c1', excerpt: 'hello' } })
    await reader.cancel()
  })

  test.each([
    ['an API key deletes it', (all: LiveViewUnderTest) => all.erase('/conversations/c1')],
    ['an API key forgets its visitor', (all: LiveViewUnderTest) => all.erase('/visitors/visitor-1')],
    ['somebody deletes it in the live view', (all: LiveViewUnderTest) => all.change('conversations/c1/erase', {})],
    ['somebody forgets its visitor there', (all: LiveViewUnderTest) => all.change('visitors/visitor-1/erase', {})],
    ['its visitor removes it', (all: LiveViewUnderTest) => all.say('c1', 'hello', discarded)],
    ['it is too old to be kept', (all: LiveViewUnderTest) => all.sweep()],
  ])('an erasing is announced to its project alone, and which of some are left is said: %s', async (_how, act) => {
    const all = await collectorWithLiveView()
    const { say, signedIn, signIn, request, change, store } = all
    const stranger = await addKey(store, { type: 'api', projectId: 'other' })
    const cookie = cookieOf(await signIn(stranger.key))
    const elsewhere = await readEvents(await request('/live-view/events', { headers: { cookie } }), 1)
    await say('c1', 'hello')
    await say('c2', 'hello', { userProperties: { id: 'visitor-2' } })
    const { reader } = await readEvents(await (await signedIn())('/live-view/events'), 1)
    const ask = async () => (await (await change('stored', { ids: ['c1', 'c2', 'c3'] })).json()).ids.sort()
    expect(await ask()).toEqual(['c1', 'c2'])

    await act(all)

    expect((await reader.read()).value).toContain('event: erased')
    expect(await ask()).toEqual(['c2'])
    const heard = elsewhere.reader.read()
    expect(await Promise.race([heard, 'nothing'])).toBe('nothing')
    await Promise.all([reader.cancel(), elsewhere.reader.cancel()])
  })

  test('what is still stored is said to who is signed in, of a short list, and to no other site’s page', async () => {
    const { request, change, signedIn } = await collectorWithLiveView()
    const post = { method: 'POST', body: '{"ids":[]}', headers: { 'content-type': 'application/json' } }

    expect((await request('/live-view/stored', post)).status).toBe(401)
    for (const body of [null, { ids: 'c1' }, { ids: [1] }, { ids: Array(101).fill('c1') }]) {
      expect((await change('stored', body)).status).toBe(400)
    }
    expect((await (await signedIn())('/live-view/stored', { method: 'POST', body: '{"ids":[]}' })).status).toBe(400)
    expect(await (await change('stored', { ids: [] })).json()).toEqual({ ids: [] })
  })

  test('it ends when its key is revoked', async () => {
    const { signedIn, say, store, apiKeyId } = await collectorWithLiveView()
    const { reader } = await readEvents(await (await signedIn())('/live-view/events'), 1)
    await store.revokeKey('default', apiKeyId, '2026-03-01T12:00:00Z')

    await say('c1', 'hello')

    expect((await reader.read()).done).toBe(true)
  })

  test('it ends when the collector is about to stop', async () => {
    const { signedIn, collector } = await collectorWithLiveView()
    const { reader } = await readEvents(await (await signedIn())('/live-view/events'), 1)

    collector.endStreams()

    expect((await reader.read()).done).toBe(true)
  })
})

test('every page and file carries a policy that allows neither inline code nor text read as HTML', async () => {
  const { request, signedIn } = await collectorWithLiveView()
  const read = await signedIn()

  for (const response of [await request('/'), await read('/'), await request('/live-view/main.js')]) {
    const policy = response.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  }
})
