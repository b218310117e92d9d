import { describe, expect, test, vi } from 'vitest'
import { explain } from '../../src/debug/explain.ts'
import { observeInstance } from '../../src/debug/observe-instance.ts'
import { findObstacle, type Obstacle, type Surroundings } from '../../src/debug/why-unreachable.ts'
import type { State } from '../../src/script/chatlog.ts'

const endpoint = 'https://collector.example.com/conversations'
const local = 'http://127.0.0.1:8787/conversations'

/** A page at an address, on which requests to these addresses get through. */
const around = (
  page: string,
  { reaches = [] as string[], forbids = [] as string[], permissions = {} as Record<string, string> } = {},
): Surroundings & { asked: string[] } => {
  const asked: string[] = []
  let tell = (_url: string) => {}
  return {
    asked,
    location: new URL(page),
    async fetch(url) {
      asked.push(url)
      if (forbids.includes(url)) setTimeout(() => tell(url))
      if (!reaches.includes(url)) throw new TypeError('Failed to fetch')
    },
    permission: async (name) => permissions[name] ?? null,
    onForbidden(listener) {
      tell = listener
      return () => {
        tell = () => {}
      }
    },
  }
}

const docs = 'https://docs.example.com/guide'

describe('why an endpoint has never answered:', () => {
  test.each<[string, Obstacle, string, Surroundings]>([
    ['the policy forbids it', 'policy', endpoint, around(docs, { forbids: [endpoint] })],
    ['it answers, and mayn’t be read', 'cors', endpoint, around(docs, { reaches: [endpoint] })],
    [
      'its host answers elsewhere',
      'this_address',
      endpoint,
      around(docs, { reaches: ['https://collector.example.com/'] }),
    ],
    ['nothing answers', 'nothing_there', endpoint, around(docs)],
    ['http, from a page on https', 'mixed_content', 'http://collector.example.com/conversations', around(docs)],
    [
      'local, and the visitor wasn’t asked yet',
      'local_network',
      local,
      around(docs, { permissions: { 'local-network-access': 'prompt' } }),
    ],
    [
      'local, and the visitor has refused',
      'local_network',
      'http://192.168.1.7/conversations',
      around('http://docs.example.com/', { permissions: { 'local-network': 'denied' } }),
    ],
    [
      'local, allowed, and nothing there',
      'nothing_there',
      local,
      around(docs, { permissions: { 'loopback-network': 'granted' } }),
    ],
    ['local, in a browser that doesn’t ask', 'nothing_there', local, around(docs)],
    [
      'local, as the page is',
      'nothing_there',
      local,
      around('http://localhost:3000/', { permissions: { 'local-network-access': 'prompt' } }),
    ],
  ])('%s', async (_name, obstacle, url, surroundings) => {
    expect(await findObstacle(url, surroundings)).toBe(obstacle)
  })

  test('mixed content is no reason to ask', async () => {
    const surroundings = around(docs)
    await findObstacle('http://collector.example.com/conversations', surroundings)

    expect(surroundings.asked).toEqual([])
  })
})

const unreachable = (reason = 'network'): State => ({
  waitsFor: 'endpoint',
  problem: null,
  endpoint,
  keyId: 'k1',
  version: '0.1.0',
  storedAt: null,
  visitor: { id: 'v', identificationType: 'COOKIED' },
  consent: 'granted',
  storage: 'durable',
  conversations: [],
  sender: { state: 'unreachable', reason, retryAt: null, flushReason: null },
  counts: { recorded: 1, delivered: 0, dropped: {} },
})

describe('the panel', () => {
  test.each<[Obstacle, RegExp]>([
    ['policy', /Add https:\/\/collector\.example\.com to connect-src/],
    ['mixed_content', /Use an endpoint with https/],
    ['local_network', /Local Network Access/],
    ['cors', /CORS headers/],
    ['this_address', /ad blocker/],
    ['nothing_there', /Nothing answers at https:\/\/collector\.example\.com/],
  ])('says what to do about %s', (obstacle, words) => {
    expect(explain(unreachable(), [], obstacle)[0]?.toDo).toMatch(words)
  })

  test('needn’t find out what the script has heard of', () => {
    expect(explain(unreachable('connect-src'), [])[0]?.toDo).toMatch(/Add https:\/\/collector\.example\.com to/)
  })

  test('asks once for each time that the endpoint is unreachable', async () => {
    let state = unreachable()
    const find = vi.fn(async (): Promise<Obstacle> => 'cors')
    const observer = observeInstance(() => ({ getState: () => state, on: () => () => {} }), Date.now, find)
    observer.look()
    observer.look()
    await Promise.resolve()

    expect([observer.look().obstacle, find.mock.calls.length]).toEqual(['cors', 1])

    state = { ...state, sender: { ...state.sender, state: 'idle' } }
    expect(observer.look().obstacle).toBeNull()
    state = unreachable()
    observer.look()
    expect(find.mock.calls.length).toBe(2)
  })
})
