import { expect, test } from 'vitest'
import { fakePage } from './fakes/fake-platform.ts'
import { chat, proseOf } from './long-chat.ts'

/** Long chats take seconds of the machine's time, and more where it is busy. */
const timeout = 60_000

/** Bytes a millisecond that a long conversation may cost. */
const maxBytesPerMs = 32

test('a chat of 50 turns sends one request a turn, at most 27 times its final body', { timeout }, async () => {
  const { endpoint, errors } = await chat(50)

  const { requests } = endpoint
  expect(requests).toHaveLength(50)
  expect(sumOf(requests) / (requests.at(-1)?.bytes ?? 0)).toBeLessThanOrEqual(27)
  expect(endpoint.conversations()[0]?.messages).toHaveLength(100)
  expect(errors).toEqual([])
})

test('a conversation of 1 MB and more costs at most 32 KB a second, however often something is said', {
  timeout,
}, async () => {
  const { log, advance, endpoint } = await conversationOf1Mb()
  const before = endpoint.requests.length

  for (let index = 0; index < 30; index++) {
    log.trackMessage({ role: 'assistant', content: proseOf(index, 1_000) })
    await advance(10_000)
  }

  const requests = endpoint.requests.slice(before)
  expect(requests.length).toBeGreaterThan(5)
  expect(highestRate(requests)).toBeLessThanOrEqual(maxBytesPerMs)
})

test('its last message arrives as soon as that rate allows', { timeout }, async () => {
  const { log, advance, endpoint, clock } = await conversationOf1Mb()
  log.trackMessage({ role: 'assistant', content: 'The one before.' })
  await advance(1_100)
  const saidAt = clock.elapsedMs()

  log.trackMessage({ role: 'assistant', content: 'The last one.' })
  await advance(120_000)

  const carrier = endpoint.requests.find(({ text }) => text.includes('The last one.'))
  expect(carrier?.text).toContain('The one before.')
  expect((carrier?.at ?? Number.POSITIVE_INFINITY) - saidAt).toBeLessThanOrEqual(
    Math.max(6_000, (carrier?.bytes ?? 0) / maxBytesPerMs),
  )
})

async function conversationOf1Mb() {
  const page = fakePage()
  for (let index = 0; index < 550; index++) {
    page.log.trackMessage({ role: 'assistant', content: proseOf(index, 1_900) })
  }
  await page.advance(300_000)
  expect(page.endpoint.requests.at(-1)?.bytes).toBeGreaterThan(1_000_000)
  return page
}

const sumOf = (requests: readonly { bytes: number }[]) => requests.reduce((total, { bytes }) => total + bytes, 0)

/** Between any two requests: the bytes sent before the later one, by the time from the earlier one to it. */
function highestRate(requests: readonly { at: number; bytes: number }[]): number {
  const rates = requests.flatMap((first, index) => {
    let bytes = first.bytes
    return requests.slice(index + 1).map((later) => {
      const rate = bytes / (later.at - first.at)
      bytes += later.bytes
      return rate
    })
  })
  return Math.max(...rates)
}
