import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { methodsByPath } from '../../src/collector/http/wrong-methods.ts'
import { createLiveView } from '../../src/collector/live-view/live-view.ts'
import { addKey } from '../../src/collector/store/keys.ts'
import { collectorUnderTest, problemOf } from './collector-under-test.ts'

const standardMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** A collector with its live view, the addresses that it has, and somebody who can sign in. */
async function withAddresses() {
  const { routes } = createLiveView()
  const seen: Hono[] = []
  const collector = await collectorUnderTest({
    routes(app, context) {
      routes(app, context)
      seen.push(app)
    },
  })
  const ask = async (path: string, method: string, headers: Record<string, string> = {}) =>
    collector.fetch(new Request(`http://collector.test${path}`, { method, headers }))
  const admin = await addKey(collector.store, { type: 'api', role: 'admin' })
  const signIn = async () => {
    const body = new URLSearchParams({ apiKey: admin.key })
    const signedIn = await collector.fetch(new Request('http://collector.test/sign-in', { method: 'POST', body }))
    return signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  }
  return { ...collector, ask, signIn, paths: methodsByPath(seen[0] ?? new Hono()) }
}

test('every known address answers a method that it has not with 405, and names those that it has', async () => {
  const { ask, signIn, paths } = await withAddresses()
  expect([...paths.keys()]).toEqual(
    expect.arrayContaining([
      '/conversations',
      '/conversations/:id',
      '/events',
      '/feedback',
      '/visitors/:id',
      '/health',
    ]),
  )

  for (const [path, all] of paths) {
    // Of a pattern of names, one that there is.
    const address = path.replace(/:script\{.*\}/, 'chatlog.js').replace(/:\w+/g, 'x')
    // Anew for each, since one of them signs out.
    const cookie = await signIn()
    const answers = await Promise.all(standardMethods.map((method) => ask(address, method, { cookie })))
    const unbuilt = standardMethods.filter((_method, index) => answers[index]?.status === 501)
    const own = all.filter((method) => !unbuilt.includes(method))
    if (own.length === 0) continue
    for (const [index, method] of standardMethods.entries()) {
      const answer = answers[index] as Response
      expect([path, method, answer.status === 405]).toEqual([path, method, !all.includes(method)])
      if (answer.status !== 405) continue
      const allow = answer.headers.get('allow')?.split(', ') ?? []
      expect([path, allow.filter((one) => one !== 'HEAD').sort()]).toEqual([path, own.sort()])
      expect(await problemOf(answer)).toMatchObject({ code: 'method_not_allowed', status: 405 })
    }
  }
})

test('what this collector has no operation for stays 501, and an unknown address or name 404', async () => {
  const { ask } = await withAddresses()

  expect((await ask('/feedback', 'GET')).status).toBe(501)
  for (const method of standardMethods) expect((await ask('/nowhere', method)).status).toBe(404)
  expect((await ask('/chatlog-0.0.0.js', 'GET')).status).toBe(404)
  expect((await ask('/health', 'HEAD')).status).toBe(200)
})

test('a page of any origin may read such an answer to what it sends, and its preflight still passes', async () => {
  const { ask } = await withAddresses()

  const answer = await ask('/health', 'POST', { origin: 'https://docs.example.com' })
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([405, '*'])
  expect((await ask('/conversations', 'OPTIONS', { 'access-control-request-method': 'POST' })).status).toBe(204)
})
