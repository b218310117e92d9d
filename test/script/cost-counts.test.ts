import { afterAll, expect, test, vi } from 'vitest'
import type { Platform } from '../../src/script/platform.ts'
import { fakePage } from './fakes/fake-platform.ts'
import { proseOf } from './long-chat.ts'

// The script takes `JSON.stringify` when it is loaded, so it is watched from before that.
const { serialised, stringify } = vi.hoisted(() => {
  vi.resetModules()
  const { stringify } = JSON
  const serialised: string[] = []
  JSON.stringify = ((...given: Parameters<typeof stringify>) => {
    const json = stringify(...given)
    serialised.push(json)
    return json
  }) as typeof stringify
  return { serialised, stringify }
})

afterAll(() => {
  JSON.stringify = stringify
  vi.resetModules()
})

/** Long conversations take seconds of the machine's time, and more where it is busy. */
const timeout = 60_000

async function conversationOf(messages: number) {
  const page = fakePage()
  for (let index = 0; index < messages; index++) {
    page.log.trackMessage({ role: 'assistant', content: `old ${proseOf(index, 500)}` })
  }
  await page.advance(300_000)
  expect(page.log.getState().conversations[0]).toMatchObject({ messages, state: 'delivered' })
  serialised.length = 0
  return page
}

test('one more message serialises no earlier one again, neither when it is recorded nor when it is sent', {
  timeout,
}, async () => {
  const { log, advance, endpoint } = await conversationOf(500)

  log.trackMessage({ role: 'assistant', content: 'new' })
  await advance(300_000)

  expect(endpoint.requests.at(-1)?.messageIds).toHaveLength(501)
  expect(serialised).toContain('"new"')
  expect(serialised.filter((json) => json.includes('old '))).toEqual([])
})

test.each([1, 10, 500])(
  'one more message after %i is written once, and once more when it is delivered',
  { timeout },
  async (messages) => {
    const { log, advance, database } = await conversationOf(messages)
    const before = database.writes()

    log.trackMessage({ role: 'assistant', content: 'new' })
    const inTheCall = database.writes() - before
    await advance(300_000)

    // The message in the call; after the answer, that it is delivered.
    expect({ inTheCall, inAll: database.writes() - before }).toEqual({ inTheCall: 1, inAll: 2 })
  },
)

test('one more message is one request', { timeout }, async () => {
  const { log, advance, endpoint } = await conversationOf(10)
  const before = endpoint.requests.length

  log.trackMessage({ role: 'assistant', content: 'new' })
  await advance(300_000)

  expect(endpoint.requests.length - before).toBe(1)
})

test('a tab that is left open for an hour asks for nothing, writes nothing and piles up nothing', {
  timeout,
}, async () => {
  const { advance, endpoint, database, clock } = await conversationOf(10)
  // Its housekeeping has run once: what is compared is one hour with the next.
  await advance(3_600_000)
  const after = () => ({
    requests: endpoint.requests.length,
    writes: database.writes(),
    rows: database.rows().length,
    timers: clock.pending(),
  })
  const before = after()

  await advance(3_600_000)

  expect(after()).toEqual(before)
})

test('`init` reads and opens nothing: that waits until it is needed, or the page has nothing better to do', async () => {
  const asked: string[] = []
  const counted = (platform: Platform): Platform => {
    const told =
      <Given extends unknown[], Result>(name: string, method: (...given: Given) => Result) =>
      (...given: Given): Result => {
        asked.push(name)
        return method(...given)
      }
    const { localText, sessionText, cookies } = platform
    return {
      ...platform,
      localText: { ...localText, get: told('localStorage', localText.get) },
      sessionText: { ...sessionText, get: told('sessionStorage', sessionText.get) },
      cookies: { ...cookies, get: told('cookie', cookies.get) },
      openRowLog: told('database', platform.openRowLog),
      openChannel: told('channel', platform.openChannel),
    }
  }
  const { advance } = fakePage({ alter: counted })

  expect(asked).toEqual([])
  await advance(1)
  expect(asked).toEqual(expect.arrayContaining(['localStorage', 'sessionStorage', 'database', 'channel']))
})

test('where nothing can be left with the browser, no body is made before one is sent', async () => {
  const { log, advance, endpoint } = fakePage({ fetchLater: false })
  log.trackMessage({ role: 'assistant', content: 'The first.' })
  serialised.length = 0

  log.trackMessage({ role: 'assistant', content: 'new' })
  expect(serialised).toContain('"new"')
  expect(serialised).not.toContain('"openai"')
  await advance(2_000)

  expect(serialised).toContain('"openai"')
  expect(endpoint.conversations()[0]?.messages).toHaveLength(2)
})
