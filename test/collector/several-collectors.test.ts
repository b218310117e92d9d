import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createCollector } from '../../src/collector/http/create-collector.ts'
import type { RefusalsAnswer } from '../../src/collector/live-view/admin-routes.ts'
import { createLiveView } from '../../src/collector/live-view/live-view.ts'
import { createPostgresNotices } from '../../src/collector/postgres/notices.ts'
import { openPostgresStore } from '../../src/collector/postgres/postgres-store.ts'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { addKey } from '../../src/collector/store/keys.ts'
import type { Store } from '../../src/collector/store/store.ts'
import { collectorUnderTest, conversation } from './collector-under-test.ts'
import { connectTo, hasPostgres, type PostgresServer, startPostgres } from './postgres-server.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

const origin = 'http://collector.test'

/** A collector with a live view, on a store that others may be on too. */
function collectorOn(store: Store, now: () => number = Date.now) {
  const collector = createCollector({ store, now, routes: createLiveView({ now }).routes })
  cleanUps.push(() => {
    collector.endStreams()
    return collector.shareNow()
  })
  const request = async (path: string, init: RequestInit = {}) => collector.fetch(new Request(origin + path, init))
  return {
    request,
    end: collector.endStreams,
    shareNow: collector.shareNow,
    async signIn(apiKey: string) {
      const response = await request('/sign-in', { method: 'POST', body: new URLSearchParams({ apiKey }) })
      return response.headers.get('set-cookie')?.split(';')[0] ?? ''
    },
    as: async (cookie: string, path = '/live-view/conversations', method = 'GET') =>
      (await request(path, { method, headers: { cookie } })).status,
    post: (key: string, id: string, fields: object = {}) =>
      request('/conversations', {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(conversation({ id, messages: [{ id: `${id}-1`, role: 'user', content: id }], ...fields })),
      }),
  }
}

describe('two collectors on one store', () => {
  async function pair(projectId = 'default') {
    let time = Date.parse('2026-11-22T12:00:00.000Z')
    const store = openSqliteStore(':memory:')
    const { key } = await addKey(store, { type: 'api', projectId })
    const now = () => time
    const [a, b] = [collectorOn(store, now), collectorOn(store, now)]
    const advance = (ms: number) => {
      time += ms
    }
    return { a, b, store, key, advance }
  }

  test('who signed in at one is signed in at the other, until twelve hours are over', async () => {
    const { a, b, key, advance } = await pair('日本 shop; a=b')
    const cookie = await a.signIn(key)
    expect([await a.as(cookie), await b.as(cookie)]).toEqual([200, 200])

    advance(12 * 3_600_000)

    expect([await a.as(cookie), await b.as(cookie)]).toEqual([401, 401])
  })

  test('who signs out at one is signed out at the other, and nobody else is', async () => {
    const { a, b, key } = await pair()
    const [cookie, other] = [await a.signIn(key), await b.signIn(key)]

    expect(await b.as(cookie, '/sign-out', 'POST')).toBe(303)

    expect([await a.as(cookie), await a.as(other)]).toEqual([401, 200])
  })

  test('who signs out everywhere is signed out in every browser of the key', async () => {
    const { a, b, store, key } = await pair()
    const another = await addKey(store, { type: 'api' })
    const [cookie, other, kept] = [await a.signIn(key), await b.signIn(key), await b.signIn(another.key)]

    expect(await a.as(cookie, '/sign-out?from=everywhere', 'POST')).toBe(303)

    expect([await b.as(cookie), await a.as(other), await a.as(kept)]).toEqual([401, 401, 200])
  })

  test('the store holds nothing that signs anybody in', async () => {
    const { a, key, store } = await pair()
    const added = vi.spyOn(store, 'addSession')
    const token = (await a.signIn(key)).split('=')[1] ?? ''

    expect(added).toHaveBeenCalledOnce()
    expect(JSON.stringify(added.mock.calls)).not.toContain(token.split('.')[1])
    expect(added.mock.calls[0]?.[0].hash).toMatch(/^[0-9a-f]{64}$/)
  })

  test.each([
    ['nothing', ''],
    ['one letter', 'x'],
    ['a dot', '.'],
    ['5,000 letters', `${'A'.repeat(5_000)}.x`],
    ['a project that is no UTF-8', `//8.${'a'.repeat(32)}`],
    ['a secret that nobody has', `AA.${'a'.repeat(32)}`],
    ['an escaped zero', '%00'],
    ['a name that objects have', '__proto__'],
  ])('a cookie that nobody made signs nobody in: %s', async (_, token) => {
    const { a } = await pair()

    expect(await a.as(`chatlog_session=${token}`)).toBe(401)
  })
})

describe('the limits of a key', () => {
  /** Lets both tell the store what was sent to them. */
  async function shared(one: () => Promise<unknown>): Promise<void> {
    await one()
    await vi.advanceTimersByTimeAsync(5_000)
  }

  async function pair(options: Parameters<typeof collectorUnderTest>[0]) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const a = await collectorUnderTest(options)
    const b = await collectorUnderTest({ ...options, store: a.store })
    const postTo =
      (to: typeof a) =>
      (id: string, body: unknown = conversation({ id })) =>
        to.post(body, { authorization: `Bearer ${a.web.key}` })
    return { a: postTo(a), b: postTo(b) }
  }

  test('hold over all collectors together: new conversations of a day', async () => {
    const day = { bytes: 1e9, conversations: 3 }
    const { a, b } = await pair({ budgets: { key: day, address: { ...day, refused: 1e9 } } })
    await shared(() => a('c1'))
    await shared(() => b('c2'))
    await shared(() => a('c3'))
    await shared(() => b('c1'))

    expect((await a('c4')).status).toBe(429)
    expect((await b('c4')).status).toBe(429)
  })

  test('hold over all collectors together: requests of a minute', async () => {
    const { a, b } = await pair({ rateLimit: { requestsPerMinute: 10 } })
    // What was sent before it began is of an earlier minute.
    await shared(() => b('c0'))
    await shared(async () => {
      for (let index = 0; index < 6; index++) expect((await a('c1')).status).toBe(200)
    })
    await shared(() => b('c2'))

    const statuses = []
    for (let index = 0; index < 6; index++) statuses.push((await b('c3')).status)

    expect(statuses).toEqual([200, 200, 429, 429, 429, 429])
  })

  test('aren’t spent elsewhere by bodies that one collector refuses', async () => {
    const { a, b } = await pair({ rateLimit: { requestsPerMinute: 10 } })
    await shared(() => b('c0'))
    await shared(async () => {
      for (let index = 0; index < 9; index++) expect((await a('', 'x')).status).toBe(400)
    })
    await shared(() => b('c2'))

    for (let index = 0; index < 6; index++) expect((await b('c3')).status).toBe(200)
  })

  test('are each collector’s own while the store is away, and shared once it is back', async () => {
    const day = { bytes: 1e9, conversations: 3 }
    const store = openSqliteStore(':memory:')
    const { addUsage } = store
    store.addUsage = () => Promise.reject(new Error('away'))
    const { a, b } = await pair({ store, budgets: { key: day, address: { ...day, refused: 1e9 } } })
    await shared(() => a('c1'))
    await shared(() => a('c2'))

    store.addUsage = addUsage
    await shared(() => a('c3'))
    await shared(() => b('c1'))

    expect((await b('c4')).status).toBe(429)
  })

  test('count what was sent just before a collector ended', async () => {
    const day = { bytes: 1e9, conversations: 3 }
    const options = { budgets: { key: day, address: { ...day, refused: 1e9 } } }
    const ended = await collectorUnderTest(options)
    const authorization = `Bearer ${ended.web.key}`
    for (const id of ['c1', 'c2', 'c3']) await ended.post(conversation({ id }))

    await ended.shareNow()

    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const next = await collectorUnderTest({ ...options, store: ended.store })
    await shared(() => next.post(conversation({ id: 'c1' }), { authorization }))
    expect((await next.post(conversation({ id: 'c4' }), { authorization })).status).toBe(429)
  })

  test('leave one line in the log while the store is away, and none by a collector that has ended', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const store = openSqliteStore(':memory:')
    const collector = await collectorUnderTest({ store })
    const { addUsage } = store
    const refused = vi.fn<Store['addUsage']>(() => Promise.reject(new Error('away')))
    store.addUsage = refused
    for (const id of ['c1', 'c2', 'c3']) await shared(() => collector.post(conversation({ id })))
    expect(collector.errors).toEqual([new Error('away')])

    store.addUsage = addUsage
    await shared(() => collector.post(conversation({ id: 'c4' })))
    store.addUsage = refused
    await shared(() => collector.post(conversation({ id: 'c5' })))
    expect(collector.errors).toHaveLength(2)

    await collector.post(conversation({ id: 'c6' }))
    await collector.shareNow()
    refused.mockClear()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(refused).not.toHaveBeenCalled()
  })
})

type TestedCollector = ReturnType<typeof collectorOn>

/** A live view's stream, read as it comes. */
async function openStream(collector: ReturnType<typeof collectorOn>, cookie: string) {
  const response = await collector.request('/live-view/events', { headers: { cookie } })
  const reader = (response.body as ReadableStream<BufferSource>).pipeThrough(new TextDecoderStream()).getReader()
  cleanUps.push(() => reader.cancel())
  let text = ''
  const reading = (async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      text += value
    }
  })()
  reading.catch(() => {})
  return { text: () => text }
}

// `npm test` installs PostgreSQL where it can, and says so where it can't.
describe.skipIf(!hasPostgres)('two collectors on one PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.remove())

  async function pair() {
    const url = await server.createDatabase()
    const stores = [await openPostgresStore(url), await openPostgresStore(url)] as const
    cleanUps.push(...stores.map((store) => () => store.close()))
    const { key: api } = await addKey(stores[0], { type: 'api' })
    const { key: web } = await addKey(stores[0], { type: 'web' })
    return { url, api, web, a: collectorOn(stores[0]), b: collectorOn(stores[1]), stores }
  }

  /** Sends until the stream has told of one: it listens a moment after it has begun. */
  async function expectSeen(post: (id: string) => Promise<unknown>, stream: { text(): string }, prefix: string) {
    let index = 0
    await vi.waitFor(
      async () => {
        await post(`${prefix}-${index++}`)
        expect(stream.text()).toContain(`"id":"${prefix}-`)
      },
      { timeout: 30_000, interval: 300 },
    )
  }

  test('what one stores appears in the live view of the other', async () => {
    const { a, b, api, web } = await pair()
    const cookie = await a.signIn(api)

    await expectSeen((id) => a.post(web, id), await openStream(b, cookie), 'first')
  })

  test('what one erases is gone from the live view of the other: deleted, forgotten, too old, by a command beside it', async () => {
    const { a, b, api, web, url, stores } = await pair()
    const cookie = await a.signIn(api)
    const stream = await openStream(b, cookie)
    await expectSeen((id) => a.post(web, id), stream, 'first')
    const erasures = () => stream.text().split('event: erased').length - 1
    const expectErased = async (id: string, erase: () => Promise<unknown>) => {
      const before = erasures()
      await a.post(web, id)
      await erase()
      await vi.waitFor(() => expect(erasures()).toBe(before + 1), { timeout: 20_000 })
    }
    const authorization = `Bearer ${api}`

    await expectErased('c1', () => a.request('/conversations/c1', { method: 'DELETE', headers: { authorization } }))
    await expectErased('c2', () => stores[0].deleteStoredBefore('default', 9e15, 1_000))
    await expectErased('c3', async () => {
      await a.post(web, 'c3', { userProperties: { id: 'v' } })
      const command = await openPostgresStore(url)
      await command.forgetVisitor('default', 'v')
      await command.close()
    })
  })

  describe('what one refuses', () => {
    async function refusing() {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
      let time = Date.parse('2026-11-22T12:00:00.000Z')
      const { url, stores, web, api } = await pair()
      const [a, b] = stores.map((store) => collectorOn(store, () => time)) as [TestedCollector, TestedCollector]
      const admin = await addKey(stores[0], { type: 'api', role: 'admin' })
      const cookie = await a.signIn(admin.key)
      const told = vi.spyOn(stores[0], 'putRefusals')
      const refusals = async (at: TestedCollector): Promise<RefusalsAnswer> =>
        (await at.request('/live-view/refusals', { headers: { cookie } })).json()
      const refuse = (at: TestedCollector, headers: Record<string, string>) =>
        at.request('/conversations', { method: 'POST', body: '{}', headers })
      const json = { 'content-type': 'application/json', authorization: `Bearer ${web}` }
      return {
        ...{ url, stores, api, a, b, told, refusals, refuse, json },
        /** Lets a time pass, and all that is told in it reach the store. */
        async pass(ms: number) {
          time += ms
          const before = told.mock.results.length
          await vi.advanceTimersByTimeAsync(Math.min(ms, 10_000))
          await vi.waitFor(() => expect(told.mock.results.length).toBeGreaterThan(before))
          await Promise.allSettled(told.mock.results.map(({ value }) => value))
        },
      }
    }

    test('is listed by the other, as one row with what that one refused, and forgotten after an hour', async () => {
      const { a, b, refusals, refuse, json, pass } = await refusing()
      await refuse(a, json)
      await refuse(b, json)
      await refuse(b, json)
      await refuse(a, { ...json, origin: 'https://docs.example.com' })
      await refuse(a, {})
      expect((await refusals(b)).ofProject.refusals).toMatchObject([{ count: 2 }])

      await pass(10_000)

      const { ofProject, ofStrangers } = await refusals(b)
      expect(ofProject.refusals.map(({ origin, count }) => [origin, count])).toEqual(
        expect.arrayContaining([
          [null, 3],
          ['https://docs.example.com', 1],
        ]),
      )
      expect(ofProject.refusals).toHaveLength(2)
      expect(ofStrangers?.refusals).toMatchObject([{ status: 401, count: 1 }])
      await pass(3_900_000)
      expect((await refusals(b)).ofProject).toEqual({ refusals: [], others: 0 })
      expect((await refusals(b)).ofStrangers?.refusals).toEqual([])
    })

    test('costs one write in ten seconds, however many requests it was, none while nothing is refused, and none is left', async () => {
      const { a, url, refuse, json, told, pass } = await refusing()
      for (let number = 0; number < 300; number++)
        await refuse(a, { ...json, origin: `https://${number}.evil.example` })
      expect(told).not.toHaveBeenCalled()

      await pass(10_000)
      expect(told).toHaveBeenCalledOnce()
      await vi.advanceTimersByTimeAsync(60_000)
      expect(told).toHaveBeenCalledOnce()

      const sql = await connectTo(url)
      cleanUps.push(() => sql.end())
      expect(await sql`select project_id from chatlog.refusals`).toHaveLength(1)
      await pass(3_900_000)
      expect(told).toHaveBeenCalledTimes(2)
      expect(await sql`select project_id from chatlog.refusals`).toHaveLength(0)
    })

    test('is told before a collector ends', async () => {
      const { a, b, refuse, refusals, json } = await refusing()
      await refuse(a, json)

      await a.shareNow()

      expect((await refusals(b)).ofProject.refusals).toMatchObject([{ count: 1 }])
    })

    test('is told once the store is back, and kept from who isn’t an admin', async () => {
      const { a, b, api, stores, refuse, told, pass } = await refusing()
      told.mockRejectedValueOnce(new Error('away'))
      await refuse(a, {})
      await pass(10_000)

      await pass(10_000)

      const reader = await b.signIn(api)
      const answer = await (await b.request('/live-view/refusals', { headers: { cookie: reader } })).json()
      expect(answer).toEqual({ ofProject: { refusals: [], others: 0 }, ofStrangers: null })
      expect(await stores[1].listRefusals('', 'none', 0)).toHaveLength(1)
    })
  })

  test('so it does again after the listening connection was ended', async () => {
    const { a, b, api, web, url } = await pair()
    const cookie = await a.signIn(api)
    const stream = await openStream(b, cookie)
    await expectSeen((id) => a.post(web, id), stream, 'first')
    const sql = await connectTo(url)
    cleanUps.push(() => sql.end())

    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where query ilike 'listen%' and pid <> pg_backend_pid() and datname = current_database()`

    await expectSeen((id) => a.post(web, id), stream, 'again')
  })

  test('nobody listens while nobody watches, and none is told of another project', async () => {
    const { stores } = await pair()
    const [one, other] = stores
    const told: (string | null)[] = []
    const stop = await other.listenStored(
      () => ['p'],
      ({ conversationId }) => told.push(conversationId),
    )

    await vi.waitFor(async () => {
      await one.tellStored('q', 'not this')
      await one.tellStored('p', 'this')
      expect(told).toContain('this')
    })
    await stop()
    const count = told.length
    await one.tellStored('p', 'late')
    await setTimeout(300)

    expect(told).not.toContain('not this')
    expect(told).toHaveLength(count)
  })

  test('where a pooler lets no notices through, what is new is asked for', async () => {
    const { url, a, web } = await pair()
    const sql = await connectTo(url, { max: 2 })
    cleanUps.push(() => sql.end())
    const unheard = { listen: async () => async () => {} }
    const { listenStored, stop } = createPostgresNotices(Object.assign(sql, unheard) as never)
    cleanUps.push(stop)
    await a.post(web, 'before')
    const told: (string | null)[] = []
    await listenStored(
      () => ['default'],
      ({ conversationId }) => told.push(conversationId),
    )

    let index = 0
    await vi.waitFor(
      async () => {
        await a.post(web, `c${index++}`)
        expect(told).not.toEqual([])
      },
      { timeout: 20_000, interval: 300 },
    )

    expect(told).not.toContain('before')
    // No question finds what was erased: whoever watches looks now and then.
    await vi.waitFor(() => expect(told).toContain(null), { timeout: 20_000 })
  })
})
