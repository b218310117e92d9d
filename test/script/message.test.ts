import { describe, expect, test } from 'vitest'
import type { MessageInput } from '../../src/script/chatlog.ts'
import { utf8Bytes } from '../../src/script/json.ts'
import { fitMessage, toRowJson, toWireMessage } from '../../src/script/message.ts'
import { fakePage } from './fake-platform.ts'

const times = { createdAt: '2026-03-01T12:00:00.000Z', updatedAt: '2026-03-01T12:00:00.000Z' }
const wire = (input: Partial<MessageInput>) =>
  toWireMessage({ role: 'assistant', content: '', ...input } as MessageInput, times, {})
const bytesOf = (message: ReturnType<typeof wire>) => utf8Bytes(toRowJson(message))

test.each<[string, unknown, RegExp]>([
  ['no object', null, /must be an object/],
  ['a role that the contract has not', { role: 'tool', content: 'x' }, /`role` must be system, user or assistant/],
  ['no content', { role: 'user', content: null }, /`content` must be text or an array of parts/],
  ['an object for content', { role: 'user', content: { text: 'x' } }, /`content` must be text/],
])('%s is refused with one line that says what is wrong, and the rest is recorded', async (_what, input, line) => {
  const { log, advance, endpoint, errors } = fakePage()
  const dropped: unknown[] = []
  log.on('dropped', (event) => dropped.push(event))

  expect(log.trackMessage(input as MessageInput)).toBe('')
  log.trackMessage({ role: 'user', content: 'Hello' })
  await advance(20_000)

  expect(errors).toHaveLength(1)
  expect(errors[0]).toMatch(line)
  expect(dropped).toEqual([{ messageId: null, reason: 'invalid' }])
  expect(endpoint.conversations()[0]?.messages).toMatchObject([{ content: 'Hello' }])
})

test('an answer that is nothing but tool calls has empty text, and its arguments become JSON text', () => {
  const toolCalls = [{ id: 't1', function: { name: 'search', arguments: { query: 'x' } } }]

  expect(wire({ content: null as unknown as string, toolCalls })).toMatchObject({
    content: '',
    tool_calls: [{ id: 't1', type: 'function', function: { name: 'search', arguments: '{"query":"x"}' } }],
  })
})

test('what JSON has no word for is left out of properties, and the rest stays', () => {
  const cycle: Record<string, unknown> = { name: 'cycle' }
  cycle.self = cycle
  const properties = {
    date: new Date('2026-03-01T12:00:00Z'),
    big: 12n,
    call: () => 1,
    symbol: Symbol('x'),
    cycle,
    get broken(): never {
      throw new Error('no')
    },
    ['__proto__']: { polluted: true },
    text: 'a\0b\ud800',
  }
  const message = JSON.parse(`{${toRowJson(wire({ properties }))}`)

  expect(message.properties).toEqual({
    date: '2026-03-01T12:00:00.000Z',
    big: '12',
    cycle: { name: 'cycle' },
    text: 'a\ufffdb\ufffd',
    chatlog: {},
  })
})

describe('a message that is too large', () => {
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(50_000)}` } } as const
  const toolCalls = [{ id: 't', function: { name: 'f', arguments: 'B'.repeat(20_000) } }]
  const content = [{ type: 'text', text: 'C'.repeat(20_000) } as const, image]

  test('loses its data URLs first, and only as much as it must', () => {
    const fitted = fitMessage(wire({ content, toolCalls }), 60_000)

    expect(bytesOf(fitted)).toBeLessThanOrEqual(60_000)
    expect(fitted.content).toEqual([content[0], { type: 'image_url', image_url: { url: 'data:,' } }])
    expect(fitted.tool_calls?.[0]?.function.arguments).toHaveLength(20_000)
  })

  test('then its tool arguments, then its text, and says how much', () => {
    const original = wire({ content, toolCalls })
    const fitted = fitMessage(original, 10_000)

    expect(bytesOf(fitted)).toBeLessThanOrEqual(10_000)
    expect(bytesOf(fitted)).toBeGreaterThan(9_500)
    expect(fitted.tool_calls?.[0]?.function.arguments).toBe('')
    expect(fitted.properties?.chatlog?.truncated?.originalBytes).toBe(bytesOf(original))
  })

  test('is cut at a code point', () => {
    for (const maxBytes of [501, 502, 503, 504]) {
      const { content: text } = fitMessage(wire({ content: '😀'.repeat(1_000) }), maxBytes)
      expect(text).toMatch(/^(😀)+$/u)
    }
  })
})
