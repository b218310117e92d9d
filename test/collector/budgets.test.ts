import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { createBodyIntake } from '../../src/collector/http/body-intake.ts'
import { createMetrics } from '../../src/collector/http/metrics.ts'
import { senderAddress } from '../../src/collector/serve/sender-address.ts'
import { collectorUnderTest, conversation, message, postRequest, problemOf } from './collector-under-test.ts'

const plenty = 1e9
const budgets = (key = {}, address = {}) => ({
  key: { bytes: plenty, conversations: plenty, ...key },
  address: { bytes: plenty, conversations: plenty, refused: plenty, ...address },
})
const dayMs = 86_400_000

test('a stranger’s bad bodies keep no visitor of the same key from sending, and are told to wait themselves', async () => {
  const { post } = await collectorUnderTest({ rateLimit: { requestsPerMinute: 5 } })
  const statuses: number[] = []
  for (let index = 0; index < 20; index++) statuses.push((await post(index % 2 ? 'x' : {})).status)

  expect(new Set(statuses.slice(0, 5))).toEqual(new Set([400, 422]))
  expect(new Set(statuses.slice(5))).toEqual(new Set([429]))
  for (let index = 0; index < 5; index++) expect((await post(conversation())).status).toBe(200)
  expect((await post(conversation())).status).toBe(429)
})

test('a key sends so many new conversations a day, and goes on with those it has', async () => {
  const { post, advance } = await collectorUnderTest({ budgets: budgets({ conversations: 2 }) })
  expect((await post(conversation({ id: 'c1' }))).status).toBe(200)
  expect((await post(conversation({ id: 'c1' }))).status).toBe(200)
  expect((await post(conversation({ id: 'c2' }))).status).toBe(200)

  const over = await post(conversation({ id: 'c3' }))

  expect(over.status).toBe(429)
  expect(over.headers.get('retry-after')).toBe(String(12 * 3_600))
  expect((await problemOf(over)).detail).toContain('used up its 2 new conversations for today')
  advance(dayMs)
  expect((await post(conversation({ id: 'c3' }))).status).toBe(200)
})

test('a key sends so many bytes a day', async () => {
  const { post } = await collectorUnderTest({ budgets: budgets({ bytes: 1_000 }) })

  expect((await post(conversation({ messages: [message('m1', 1, { content: 'x'.repeat(2_000) })] }))).status).toBe(200)
  expect((await post(conversation())).status).toBe(429)
})

test('an address that has spent its day keeps out nobody but itself', async () => {
  const { fetch, web } = await collectorUnderTest({ budgets: budgets({}, { refused: 3, conversations: 5 }) })
  const send = (body: unknown, address?: string) =>
    fetch(postRequest(body, { authorization: `Bearer ${web.key}` }), undefined, address)
  for (let index = 0; index < 3; index++) expect((await send('x', '192.0.2.1')).status).toBe(400)

  expect((await send(conversation(), '192.0.2.1')).status).toBe(429)
  expect((await send(conversation(), '192.0.2.2')).status).toBe(200)
  expect((await send(conversation())).status).toBe(200)
})

test('what was spent is seen in /metrics', async () => {
  const metrics = createMetrics()
  const { post, fetch } = await collectorUnderTest({ routes: metrics.routes, budgets: budgets({ conversations: 1 }) })
  await post('x')
  await post(conversation())
  await post(conversation())

  const text = await (await fetch(new Request('http://collector.test/metrics'))).text()

  expect(text).toMatch(/^chatlog_new_conversations_total 1$/m)
  expect(text).toMatch(/^chatlog_refused_bodies_total 1$/m)
  expect(text).toMatch(/^chatlog_over_budget_total 1$/m)
  expect(text).toMatch(/^chatlog_stored_body_bytes_total [1-9]\d*$/m)
})

test('one key’s bodies hold a part of the memory at most, and take turns with another’s', async () => {
  const { take } = createBodyIntake({ heldBytes: 20, workedBytes: 1, workedShare: 0 })
  const done: string[] = []
  const ends: (() => void)[] = []
  const send = (text: string, holder: string) =>
    take(
      postRequest(text),
      async (body) => {
        await new Promise<void>((end) => ends.push(end))
        done.push(body)
      },
      [holder],
    )
  const settle = () => new Promise((resolve) => setTimeout(resolve))
  const all = ['a1', 'a2', 'a3'].map((text) => send(text, 'a'))
  await settle()
  all.push(send('b1', 'b'))
  await settle()

  await expect(send('a'.repeat(12), 'a')).rejects.toMatchObject({ code: 'service_unavailable' })
  for (let index = 0; index < 4; index++) {
    ends[index]?.()
    await settle()
  }
  await Promise.all(all)

  expect(done).toEqual(['a1', 'b1', 'a2', 'a3'])
})

test.each([
  ['203.0.113.7', undefined, {}, '203.0.113.7'],
  ['::ffff:203.0.113.7', undefined, {}, '203.0.113.7'],
  ['127.0.0.1', undefined, { 'x-forwarded-for': '203.0.113.7' }, undefined],
  ['10.1.2.3', undefined, {}, undefined],
  ['fd00::1', undefined, {}, undefined],
  ['10.1.2.3', 'X-Forwarded-For', { 'x-forwarded-for': '192.0.2.9, 203.0.113.7' }, '203.0.113.7'],
  ['10.1.2.3', 'x-forwarded-for', { 'x-forwarded-for': 'unknown' }, undefined],
  ['10.1.2.3', 'x-forwarded-for', {}, undefined],
])('of a request from %s, with the header %s of %j, the address is %s', (remoteAddress, header, headers, address) => {
  expect(senderAddress({ headers, socket: { remoteAddress } } as unknown as IncomingMessage, header)).toBe(address)
})
