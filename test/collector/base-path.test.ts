import { describe, expect, test } from 'vitest'
import { createLiveView } from '../../src/collector/live-view/live-view.ts'
import { collectorUnderTest, conversation, problemOf } from './collector-under-test.ts'

/** A collector with a live view, behind a proxy that serves it at `https://docs.example.com/chatlog`, told or not. */
async function behindProxy({ basePath, strips }: { basePath?: string; strips: boolean }) {
  const collector = await collectorUnderTest({
    routes: createLiveView().routes,
    ...(basePath !== undefined && { basePath }),
  })
  /** As a browser asks: by the address of a page, or one that it resolves against that. */
  const ask = async (address: string, init: RequestInit = {}) => {
    const url = new URL(address, 'https://docs.example.com/chatlog/')
    const path = strips ? url.pathname.replace(/^\/chatlog/, '') || '/' : url.pathname
    return collector.fetch(new Request(`http://127.0.0.1:8787${path}${url.search}`, init))
  }
  const signIn = () => ask('sign-in', { method: 'POST', body: new URLSearchParams({ apiKey: collector.api.key }) })
  return { ...collector, ask, signIn }
}

const proxies = [
  ['strips the path, and the collector is told', { basePath: '/chatlog', strips: true }],
  ['passes the path on, and the collector is told', { basePath: '/chatlog', strips: false }],
  ['strips the path, and the collector is told nothing', { strips: true }],
] as const

describe.each(proxies)('behind a proxy that %s', (_what, proxy) => {
  test('whatever a page names is found under the path, from every address of the page', async () => {
    const { ask, signIn } = await behindProxy(proxy)
    const cookie = (await signIn()).headers.get('set-cookie')?.split(';')[0] ?? ''
    const pages = ['https://docs.example.com/chatlog/', 'https://docs.example.com/chatlog/docs']
    const named = new Set<string>()
    for (const headers of [{}, { cookie }]) {
      for (const page of [...pages, ...pages.map((one) => `${one.replace(/\/$/, '')}/`)]) {
        const html = await (await ask(page, { headers })).text()
        for (const [, address = ''] of html.matchAll(/ (?:href|src|action)="([^"#]+)"/g)) {
          named.add(new URL(address, page).pathname)
        }
      }
    }

    const posts = ['/chatlog/sign-in', '/chatlog/sign-out']
    expect(named.size).toBeGreaterThan(8)
    for (const path of named) {
      const { status } = await ask(`https://docs.example.com${path}`, { headers: { cookie } })
      expect([path, path.startsWith('/chatlog/'), status]).toEqual([
        path,
        true,
        posts.includes(path) ? expect.anything() : 200,
      ])
    }
  })

  test('signing in and out leads back to the page, with a cookie that goes to the path alone', async () => {
    const { ask, signIn } = await behindProxy(proxy)
    const signedIn = await signIn()
    const cookie = signedIn.headers.get('set-cookie') ?? ''
    const signedOut = await ask('sign-out', { method: 'POST', headers: { cookie: cookie.split(';')[0] ?? '' } })

    for (const { status, headers } of [signedIn, signedOut]) {
      const at = new URL(headers.get('location') ?? '', 'https://docs.example.com/chatlog/sign-in')
      expect([status, at.href]).toEqual([303, 'https://docs.example.com/chatlog/'])
    }
    // Without a path, a browser takes the folder of the address: /chatlog.
    const [, path] = /; *path=([^;]*)/i.exec(cookie) ?? []
    expect(path).toBe(proxy.strips && !('basePath' in proxy) ? undefined : '/chatlog')
  })

  test('conversations are taken and read under the path, the scripts and the health are there', async () => {
    const { ask, web, api } = await behindProxy(proxy)
    const authorization = `Bearer ${web.key}`
    const headers = { authorization, 'content-type': 'application/json' }
    const body = JSON.stringify(conversation({ id: 'c1' }))

    const answers = [
      await ask('conversations', { method: 'POST', headers, body }),
      await ask('conversations/', { method: 'POST', headers, body }),
      await ask('conversations/c1', { headers: { authorization: `Bearer ${api.key}` } }),
      await ask('health'),
      await ask('openapi.json'),
    ]

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    const { servers } = await (answers[4] as Response).json()
    expect(new URL(servers[0].url, 'https://docs.example.com/chatlog/openapi.json').pathname.replace(/\/$/, '')).toBe(
      '/chatlog',
    )
  })
})

test('a path that only begins like the base path is another one', async () => {
  const { ask } = await behindProxy({ basePath: '/chatlog', strips: false })

  expect((await ask('https://docs.example.com/chatlogs/health')).status).toBe(404)
  expect((await ask('https://docs.example.com/chatlog/chatlog/health')).status).toBe(404)
})

test('under a path, pages of the same host are not the collector’s own: an API key in one is refused', async () => {
  const { ask, api } = await behindProxy({ basePath: '/chatlog', strips: true })
  const headers = {
    authorization: `Bearer ${api.key}`,
    origin: 'http://127.0.0.1:8787',
    'content-type': 'application/json',
  }

  const answer = await ask('conversations', { method: 'POST', headers, body: JSON.stringify(conversation()) })

  expect(answer.status).toBe(403)
  expect((await problemOf(answer)).detail).toContain('must not stand in a page')
})

test('a base path that is none is refused when the collector is made', async () => {
  await expect(collectorUnderTest({ basePath: 'https://docs.example.com/x' })).rejects.toThrow(
    'createCollector: basePath must be a path like /chatlog',
  )
})
