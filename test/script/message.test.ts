import { describe, expect, test } from 'vitest'
import type { MessageInput } from '../../src/script/chatlog.ts'
import { fitMessage, toRowJson, toWireMessage, withMarks } from '../../src/script/conversation/message.ts'
import { utf8Bytes } from '../../src/script/json.ts'
import { fakePage } from './fakes/fake-platform.ts'

const times = { createdAt: '2026-03-01T12:00:00.000Z', updatedAt: '2026-03-01T12:00:00.000Z' }
const wire = (input: Partial<MessageInput>) =>
  toWireMessage({ role: 'assistant', content: '', ...input } as MessageInput, times, {})
const bytesOf = (message: ReturnType<typeof wire>) => utf8Bytes(toRowJson(message))
/** What the server gets of it, but for its times. */
const sentOf = (input: Record<string, unknown>) => {
  const { createdAt: _c, updatedAt: _u, ...sent } = JSON.parse(`{${toRowJson(wire(input as Partial<MessageInput>))}`)
  return sent
}

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
  expect(dropped).toEqual([{ messageId: null, reason: 'invalid', detail: expect.stringMatching(line) }])
  expect(endpoint.conversations()[0]?.messages).toMatchObject([{ content: 'Hello' }])
})

test.each(['superuser', 'users', 'a system'])('the role %s is refused: it only looks like one', (role) => {
  expect(() => sentOf({ role })).toThrow(/`role` must be system, user or assistant/)
})

test('what is no object is refused where it gets this far, and says what a message is', () => {
  expect(() => toWireMessage(null as unknown as MessageInput, times, {})).toThrow('an object { role, content }')
})

test('every field of the contract goes over the wire as it was given', () => {
  const links = [
    {
      url: 'https://docs.example.com/start',
      label: 'Start',
      title: 'Getting started',
      description: 'How to begin',
      type: 'documentation',
      breadcrumbs: ['Home', 'Guide'],
    },
    { url: 'https://docs.example.com/next' },
  ]
  const toolCalls = [{ id: 'call-1', type: 'function', function: { name: 'search', arguments: '{"query":"start"}' } }]
  const content = [
    { type: 'text', text: 'See the picture:' },
    ...['auto', 'low', 'high'].map((detail) => ({
      type: 'image_url',
      image_url: { url: 'https://a.example', detail },
    })),
    { type: 'image_url', image_url: { url: 'https://b.example' } },
  ]

  expect(sentOf({ id: 'm1', name: 'Guide', content, links, toolCalls, properties: { plan: 'pro' } })).toEqual({
    role: 'assistant',
    content,
    externalId: 'm1',
    name: 'Guide',
    links,
    tool_calls: toolCalls,
    properties: { plan: 'pro', chatlog: {} },
  })
})

test('a part of the content that says nothing is left out, and the others stay', () => {
  const kept = [
    { type: 'text', text: 'kept' },
    { type: 'image_url', image_url: { url: 'https://a.example' } },
  ]

  expect(sentOf({ content: [null, { type: 'text' }, undefined, true, ...kept] }).content).toEqual(kept)
  expect(sentOf({ content: [{ type: 'image_url', image_url: { url: 'https://a.example', detail: 'huge' } }] })).toEqual(
    sentOf({ content: kept.slice(1) }),
  )
})

test.each<[string, unknown, unknown]>([
  ['text alone', 'a', { type: 'text', text: 'a' }],
  ['a number', { type: 'text', text: 5 }, { type: 'text', text: '5' }],
  ['a Responses question', { type: 'input_text', text: 'Hi' }, { type: 'text', text: 'Hi' }],
  ['a Responses answer', { type: 'output_text', text: 'Hi', annotations: [] }, { type: 'text', text: 'Hi' }],
  ['an Assistants text', { type: 'text', text: { value: 'Hi', annotations: [] } }, { type: 'text', text: 'Hi' }],
  ['a refusal', { type: 'refusal', refusal: 'No.' }, { type: 'text', text: 'No.' }],
  ['reasoning', { type: 'reasoning', text: 'Well' }, { type: 'text', text: 'Well' }],
  [
    'an image by its address alone',
    { type: 'image_url', image_url: 'https://a.example' },
    { image_url: { url: 'https://a.example' } },
  ],
  [
    'an image of assistant-ui',
    { type: 'image', image: 'https://a.example' },
    { image_url: { url: 'https://a.example' } },
  ],
])('a part that is %s keeps what it says', (_what, part, expected) => {
  expect(sentOf({ content: [part] }).content).toMatchObject([expected])
  expect(sentOf({ content: [part] }).properties?.chatlog).not.toHaveProperty('placeholders')
})

test.each<[unknown, string]>([
  [
    { type: 'file', filename: 'report.pdf', mediaType: 'application/pdf', url: 'blob:x' },
    '[file: report.pdf, application/pdf]',
  ],
  [{ type: 'file', file: { filename: 'report.pdf', file_data: 'data:x' } }, '[file: report.pdf]'],
  [{ type: 'source-url', url: 'https://docs.example.com', title: 'Install' }, '[source-url: Install]'],
  [{ type: 'file' }, '[file]'],
  [{ type: 'input_audio', input_audio: { data: 'x', format: 'wav' } }, '[input_audio: wav]'],
  [{ type: 'image_url', image_url: { url: null } }, '[image_url]'],
  [{ anything: 1 }, '[content]'],
])('a part that can’t be kept leaves a readable placeholder, and a mark', (part, placeholder) => {
  const sent = sentOf({ content: [{ type: 'text', text: 'See:' }, part] })

  expect(sent.content).toEqual([
    { type: 'text', text: 'See:' },
    { type: 'text', text: placeholder },
  ])
  expect(sent.properties?.chatlog).toMatchObject({ placeholders: 1 })
})

test('a link needs a URL, which may be an object, and of its other fields what has no text is left out', () => {
  const links = [
    null,
    'https://a.example',
    { label: 'nowhere' },
    { url: null, label: 'nowhere' },
    { url: new URL('https://a.example/'), label: 5, title: {}, breadcrumbs: ['Home', null, {}, 3] },
    { url: 'https://b.example', label: null, breadcrumbs: 'Home' },
  ]

  expect(sentOf({ links }).links).toEqual([
    { url: 'https://a.example/', label: '5', breadcrumbs: ['Home', '3'] },
    { url: 'https://b.example' },
  ])
  expect(sentOf({ links: 'https://a.example' })).not.toHaveProperty('links')
  expect(sentOf({ links: [{}] })).not.toHaveProperty('links')
})

test('a tool call needs an id and a name, and its arguments become text', () => {
  const toolCalls = [
    null,
    {},
    { id: 't' },
    { id: 't', function: null },
    { id: 't', function: { name: 5 } },
    { id: 5, function: { name: 'f' } },
    { id: 'a', function: { name: 'none' } },
    { id: 'b', function: { name: 'text', arguments: 'raw' } },
    { id: 'c', function: { name: 'no JSON', arguments: () => 1 } },
  ]

  expect(sentOf({ toolCalls }).tool_calls).toEqual([
    { id: 'a', type: 'function', function: { name: 'none', arguments: '{}' } },
    { id: 'b', type: 'function', function: { name: 'text', arguments: 'raw' } },
    { id: 'c', type: 'function', function: { name: 'no JSON', arguments: '' } },
  ])
  expect(sentOf({ toolCalls: {} })).not.toHaveProperty('tool_calls')
  expect(sentOf({ toolCalls: [{}] })).not.toHaveProperty('tool_calls')
})

test('a number is text where text is wanted; what else is not text counts as not given', () => {
  expect(sentOf({ id: 42, name: 7, content: 12 })).toMatchObject({ externalId: '42', name: '7', content: '12' })
  expect(Object.keys(sentOf({ id: {}, name: null, properties: ['list'] }))).toEqual(['role', 'content', 'properties'])
  expect(sentOf({ properties: ['list'] }).properties).toEqual({ chatlog: {} })
})

test.each<[string, unknown, string]>([
  ['a Date', new Date('2026-03-01T10:00:00Z'), '2026-03-01T10:00:00.000Z'],
  ['a number of milliseconds', Date.UTC(2026, 2, 1, 10), '2026-03-01T10:00:00.000Z'],
  ['the first moment of 1970', 0, '1970-01-01T00:00:00.000Z'],
  ['text in another time zone', '2026-03-01T10:00:00+02:00', '2026-03-01T08:00:00.000Z'],
  ['nothing', undefined, times.createdAt],
  ['null', null, times.createdAt],
  ['text that is no date', 'yesterday', times.createdAt],
  ['no moment', Number.NaN, times.createdAt],
  ['a year that the contract has not', new Date(Date.UTC(12_000, 0)), times.createdAt],
  ['a year before our era', new Date(Date.UTC(-1, 0)), times.createdAt],
])('createdAt may be %s', (_what, createdAt, sent) => {
  expect(wire({ createdAt: createdAt as string }).createdAt).toBe(sent)
})

test('marks are added to those that are there', () => {
  const { properties: _without, ...bare } = wire({})

  expect(withMarks(bare, { status: 'aborted' }).properties).toEqual({ chatlog: { status: 'aborted' } })
  const marked = withMarks(wire({ properties: { plan: 'pro' } }), { status: 'aborted' })
  expect(withMarks(marked, { replaces: 'm1' }).properties).toEqual({
    plan: 'pro',
    chatlog: { status: 'aborted', replaces: 'm1' },
  })
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

test('plain values are kept as they are, and what is nested deeper than 64 levels is left out', () => {
  let deep: unknown = 'the end'
  for (let level = 0; level < 100; level++) deep = { deep }
  const values = {
    yes: true,
    no: false,
    nothing: null,
    number: 1.5,
    list: [1, undefined, () => 1, 'a'],
  }
  const { properties } = sentOf({ properties: { ...values, deep } })

  expect(properties).toMatchObject({ ...values, list: [1, null, null, 'a'] })
  let levels = 0
  for (let at = properties.deep; at?.deep; at = at.deep) levels++
  expect(levels, 'message and properties are two').toBe(62)
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

  test('loses of two data URLs the second only where the first was not enough', () => {
    const url = `data:image/png;base64,${'A'.repeat(5_000)}`
    const picture = { type: 'image_url', image_url: { url } } as const
    const original = wire({ content: [picture, picture] })
    const gone = { type: 'image_url', image_url: { url: 'data:,' } }
    const savedByOne = url.length - 'data:,'.length
    // The note of what was cut takes a hundred bytes.
    const enough = bytesOf(original) + 100 - savedByOne

    expect(fitMessage(original, enough).content).toEqual([gone, picture])
    for (const less of [1, 8, 15]) expect(fitMessage(original, enough - less).content).toEqual([gone, gone])
  })

  test('loses the site’s properties and its links where they alone are too large, before its text', () => {
    const links = [{ url: `https://docs.example.com/${'x'.repeat(12_000)}` }]
    const marks = { status: 'aborted' } as const
    for (const extras of [{ links }, { properties: { history: 'x'.repeat(12_000) } }]) {
      const original = withMarks(wire({ content: 'C'.repeat(5_000), toolCalls, ...extras }), marks)
      const fitted = fitMessage(original, 10_000)

      expect(fitted.content).toBe('C'.repeat(5_000))
      expect(fitted.tool_calls?.[0]?.function.arguments).toBe('')
      expect(fitted.links).toBeUndefined()
      const { truncated, ...others } = fitted.properties?.chatlog ?? {}
      expect(fitted.properties).toEqual({ chatlog: { truncated, ...others } })
      expect(others).toEqual(marks)
      const { properties: _now, ...rest } = fitted
      expect(truncated?.keptBytes).toBe(bytesOf({ ...rest, properties: { chatlog: others } }))
    }
  })

  test('loses its tool arguments before the site’s properties', () => {
    const few = [{ id: 't', function: { name: 'f', arguments: '{"query":"x"}' } }]
    const fitted = fitMessage(wire({ toolCalls: few, properties: { history: 'x'.repeat(12_000) } }), 10_000)

    expect(fitted.tool_calls?.[0]?.function.arguments).toBe('')
    expect(fitted.properties).not.toHaveProperty('history')
  })

  test('keeps its links and the site’s properties where cutting its text is enough', () => {
    const extras = { links: [{ url: 'https://docs.example.com/' }], properties: { history: 'x'.repeat(8_000) } }
    const fitted = fitMessage(wire({ content: 'C'.repeat(5_000), ...extras }), 10_000)

    expect(bytesOf(fitted)).toBeLessThanOrEqual(10_000)
    expect(fitted.links).toEqual(extras.links)
    expect(fitted.properties).toMatchObject(extras.properties)
    expect(String(fitted.content)).toMatch(/^C{1000,}$/)
  })

  test('loses them at last, where they almost fill it', () => {
    const fitted = fitMessage(wire({ content: 'Hello', properties: { history: 'x'.repeat(9_900) } }), 10_000)

    expect(bytesOf(fitted)).toBeLessThanOrEqual(10_000)
    expect(fitted.properties).not.toHaveProperty('history')
  })

  test('is cut at a code point', () => {
    for (const maxBytes of [501, 502, 503, 504]) {
      const { content: text } = fitMessage(wire({ content: '😀'.repeat(1_000) }), maxBytes)
      expect(text).toMatch(/^(😀)+$/u)
    }
  })
})
