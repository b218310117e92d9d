import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FakeCollector, startFakeCollector } from '../../src/testing/fake-collector.ts'

let collector: FakeCollector
beforeEach(async () => {
  collector = await startFakeCollector()
})
afterEach(() => collector.close())

const send = (...contents: string[]) => {
  const messages = contents.map((content) => ({ id: content, role: 'user', content }))
  const body = JSON.stringify({ id: 'c1', type: 'openai', messages })
  return fetch(collector.endpoint, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
}
const contents = () => collector.conversations().map(({ messages }) => messages.map(({ content }) => content))

describe('what an upsert leaves out', () => {
  test('stays in merge mode', async () => {
    await send('one', 'two')
    await send('two', 'three')

    expect(contents()).toEqual([['one', 'two', 'three']])
  })

  test('is gone in replace mode', async () => {
    await collector.close()
    collector = await startFakeCollector({ mode: 'replace' })
    await send('one', 'two')
    await send('two', 'three')

    expect(contents()).toEqual([['two', 'three']])
  })
})

test('a body that breaks the contract is refused, and the answer names what is wrong', async () => {
  const answer = await fetch(collector.endpoint, {
    method: 'POST',
    body: '{"type":"openai","messages":[{"role":"tool"}]}',
  })

  expect(answer.status).toBe(422)
  expect(await answer.json()).toMatchObject({
    code: 'unprocessable_entity',
    detail: expect.stringContaining('messages[0]'),
  })
  expect(collector.upserts()).toHaveLength(1)
  expect(contents()).toEqual([])
})

describe('faults', () => {
  test('503 twice: the third request is stored', async () => {
    await collector.fail(503, { times: 2 })

    expect([(await send('a')).status, (await send('a')).status, (await send('a')).status]).toEqual([503, 503, 200])
    expect(contents()).toEqual([['a']])
  })

  test('429 says when to come back, where a page may read it', async () => {
    await collector.fail(429, { retryAfterSeconds: 7 })
    const { status, headers } = await send('a')

    expect([status, headers.get('retry-after')]).toEqual([429, '7'])
    expect(headers.get('access-control-expose-headers')).toContain('retry-after')
  })

  test.each([401, 403] as const)('%i is a problem as the contract has it', async (status) => {
    await collector.fail(status)
    const answer = await send('a')

    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({ status, code: status === 401 ? 'unauthorized' : 'forbidden' })
  })

  test('a hanging request is told of, and cut when healed', async () => {
    await collector.fail('hang')
    const sent = send('a')
    await collector.hanging()
    await collector.heal()

    await expect(sent).rejects.toThrow()
    expect(contents()).toEqual([])
    expect((await send('b')).status).toBe(200)
  })

  test('a reset connection stores nothing, a cut answer has stored', async () => {
    await collector.fail('reset')
    await expect(send('a')).rejects.toThrow()
    expect(contents()).toEqual([])

    await collector.fail('cut')
    await expect(send('a').then((answer) => answer.json())).rejects.toThrow()
    expect(contents()).toEqual([['a']])
  })

  test('slow: stored at once, answered later', async () => {
    await collector.fail('slow', { delayMs: 20 })
    const sent = send('a')
    await collector.waitUntil((stored) => stored.length === 1)

    expect((await sent).status).toBe(200)
  })

  test('offline refuses connections, and comes back on the same port', async () => {
    await collector.fail('offline')
    await expect(send('a')).rejects.toThrow()
    await collector.heal()

    expect((await send('a')).status).toBe(200)
  })
})

test('waiting for what never comes ends with what is stored instead', async () => {
  await send('only this')

  await expect(collector.waitUntil((stored) => stored.length === 2, { timeoutMs: 20 })).rejects.toThrow(/only this/)
})
