import { expect, test } from 'vitest'
import type { Platform } from '../../src/script/platform.ts'
import { fakePage } from './fakes/fake-platform.ts'

/** Lines that say what was lost, and why. */
async function complaintsOf(
  use: (page: ReturnType<typeof fakePage>) => unknown,
  options: Parameters<typeof fakePage>[0] = {},
): Promise<string[]> {
  const page = fakePage(options)
  await use(page)
  await page.advance(60_000)
  return page.errors.filter((line) => line.startsWith('chatlog: '))
}

test('a message that the site’s own function takes out is said so', async () => {
  const lines = await complaintsOf(({ log }) => log.trackMessage({ role: 'user', content: 'one' }), {
    init: { beforeStore: () => null },
  })

  expect(lines).toEqual(['chatlog: message dropped (before_store): `beforeStore` returned null'])
})

test('a message that is cut is said with the bytes that it had, and that are kept', async () => {
  const lines = await complaintsOf(({ log }) => log.trackMessage({ role: 'assistant', content: 'x'.repeat(3_000_000) }))

  expect(lines).toHaveLength(1)
  const [, had, kept] = /\(too_large\): it has (\d+) bytes, (\d+) are kept/.exec(lines[0] ?? '') ?? []
  expect(Number(had)).toBeGreaterThan(3_000_000)
  expect(Number(kept)).toBeGreaterThan(1_900_000)
  expect(Number(kept)).toBeLessThan(2_000_000)
})

test('calls that consent kept waiting for too long are said so', async () => {
  const lines = await complaintsOf(
    ({ log }) => {
      for (let call = 0; call < 1_001; call++) log.trackMessage({ role: 'user', content: 'one' })
    },
    { init: { consent: 'pending' } },
  )

  expect(lines).toEqual(['chatlog: message dropped (memory_full): too many calls came while consent was pending'])
})

test('a click that has no room any more is said so', async () => {
  const lines = await complaintsOf(async ({ log, advance }) => {
    log.trackMessage({ id: 'answer', role: 'assistant', content: 'x'.repeat(3_000_000) })
    for (let click = 0; click < 60; click++) {
      log.trackLinkClick({ url: `https://docs.example.com/${'y'.repeat(1_000)}${click}`, messageId: 'answer' })
    }
    await advance(1_000)
  })

  expect(lines.filter((line) => line.includes('no room'))[0]).toMatch(
    /^chatlog: message dropped \(too_large\): its part of the conversation has no room for a link click or feedback \[message \S+\.answer\]$/,
  )
})

test('a body that no limit allows is said with its bytes and the limit', async () => {
  const lines = await complaintsOf(({ log }) => {
    log.startConversation({ properties: { about: 'x'.repeat(2_100_000) } })
    log.trackMessage({ role: 'assistant', content: 'one' })
  })

  expect(lines.join('\n')).toMatch(/refused a conversation with 413: 2\d{6} bytes are over 2000000$/m)
})

test('a user without an id is said so', async () => {
  const lines = await complaintsOf(({ log }) => log.identify({ userId: '' }))

  expect(lines).toEqual(['chatlog: message dropped (invalid): identify: `userId` must name a user, got string ""'])
})

test('a store that fails at a write is said so', async () => {
  const lines = await complaintsOf(({ log, database }) => {
    database.faults.state = 'full'
    log.trackMessage({ role: 'user', content: 'one' })
  })

  expect(lines).toEqual(['chatlog: nothing can be stored here; messages live as long as this page a write failed'])
})

test('sending that the page has broken is said so, and tried again half a minute later', async () => {
  let isBroken = true
  const alter = (platform: Platform): Platform => ({
    ...platform,
    freeze(text) {
      if (isBroken) throw new TypeError('the page has its own Blob')
      return platform.freeze(text)
    },
  })
  const { log, errors, endpoint, advance } = fakePage({ alter, fetchLater: false })
  for (let index = 0; index < 100; index++) log.trackMessage({ role: 'assistant', content: 'x'.repeat(1_000) })
  await advance(5_000)
  expect(errors).toEqual(['chatlog: sending failed TypeError: the page has its own Blob'])
  expect(endpoint.conversations()).toEqual([])

  isBroken = false
  await advance(60_000)
  expect(endpoint.conversations()[0]?.messages).toHaveLength(100)
})
