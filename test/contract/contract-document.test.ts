import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { describeIssues } from '../../src/collector/conversations/describe-issues.ts'
import { defaultRateLimit } from '../../src/collector/http/rate-limit.ts'
import { conversationAnswerSchema, storedConversationSchema, storedMessageSchema } from '../../src/contract/answer.ts'
import { conversationUpsertSchema } from '../../src/contract/conversation.ts'
import { maxBodyBytes, maxCollectorBodyBytes } from '../../src/contract/limits.ts'
import { problemCodes } from '../../src/contract/problem.ts'
import { type SenderAction, senderActionFor } from '../../src/contract/sender-action.ts'
import { codesIn, tablesOf } from './markdown-tables.ts'
import { bodyWith, everyField, openaiFields, supportFields } from './request-table.ts'

const [overview = [], , , answerRows = [], errorRows = []] = tablesOf('docs/contract.md')

/** The paths that a body fails at, as the collector's answer names them. */
function failingPaths(body: unknown): string[] {
  const parsed = conversationUpsertSchema.safeParse(body)
  if (parsed.success) return []
  return describeIssues(parsed.error.issues)
    .split('; ')
    .map((line) => (line.split(': ')[0] ?? '').replaceAll('[0]', '[]'))
}

/** Paths of every field that a schema names, down to what the document describes in one row. */
function pathsOf(schema: z.core.JSONSchema.BaseSchema, prefix = ''): string[] {
  const inner = (schema.anyOf ?? [schema]).flatMap((branch) => (typeof branch === 'object' ? [branch] : []))
  return inner.flatMap((branch) => [
    ...Object.entries(branch.properties ?? {}).flatMap(([name, field]) => {
      const path = prefix === '' ? name : `${prefix}.${name}`
      const isOneRow = /^messages\[\]\.(content|tool_calls|userProperties)$/.test(path)
      return [path, ...(isOneRow || typeof field !== 'object' ? [] : pathsOf(field, path))]
    }),
    ...(typeof branch.items === 'object' && !Array.isArray(branch.items) ? pathsOf(branch.items, `${prefix}[]`) : []),
  ])
}

describe.each([
  ['openai', openaiFields],
  ['support_ticket', supportFields],
  ['support_copilot', supportFields],
])('the table of the request body, for %s,', (type, fields) => {
  test('names every field of the schema and no other', () => {
    const option = conversationUpsertSchema.options.find(({ shape }) => shape.type.value === type)
    const paths = pathsOf(z.toJSONSchema(option as z.ZodType, { io: 'input' }))

    expect(fields.map(({ path }) => path).sort()).toEqual([...new Set(paths)].sort())
  })

  test('a body with every field passes', () => {
    expect(failingPaths(everyField(type))).toEqual([])
  })

  test.each(fields)('$path: R $isRequired, N $allowsNull, $type', ({ path, isRequired, allowsNull }) => {
    expect(failingPaths(bodyWith(type, path, undefined))).toEqual(isRequired ? [path] : [])
    expect(failingPaths(bodyWith(type, path, null))).toEqual(allowsNull ? [] : [path])
    expect(failingPaths(bodyWith(type, path, true))).toEqual([path])
  })
})

describe('the types of the request table', () => {
  test('a choice takes what it lists and nothing else', () => {
    const choices = openaiFields.filter(({ type }) => /^`\w+` · /.test(type))
    expect(choices.map(({ path }) => path)).toEqual(['type', 'visibility', 'messages[].role'])
    for (const { path, type } of choices) {
      for (const choice of codesIn(type)) {
        expect(failingPaths(path === 'type' ? everyField(choice) : bodyWith('openai', path, choice))).toEqual([])
      }
      expect(failingPaths(bodyWith('openai', path, 'other'))).toEqual([path])
    }
    expect(
      ['tool', 'function', 'developer'].map((role) => failingPaths(bodyWith('openai', 'messages[].role', role))),
    ).toEqual(Array(3).fill(['messages[].role']))
  })

  test.each(openaiFields.filter(({ type }) => type.startsWith('ISO 8601')))(
    '$path is a date with a zone',
    ({ path }) => {
      for (const date of ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.123456Z', '2026-03-01T12:00:00+05:30']) {
        expect(failingPaths(bodyWith('openai', path, date))).toEqual([])
      }
      for (const date of [
        '2026-03-01T12:00:00',
        '2026-03-01 12:00:00Z',
        '2026-02-30T12:00:00Z',
        '2026-03-01',
        'now',
        1,
      ]) {
        expect(failingPaths(bodyWith('openai', path, date))).toEqual([path])
      }
    },
  )

  test('content is text or parts; empty ones pass', () => {
    const content = (value: unknown) => failingPaths(bodyWith('openai', 'messages[].content', value))
    const image = (fields: object) => [{ type: 'image_url', image_url: { url: 'x', ...fields } }]

    for (const value of ['', [], [{ type: 'text', text: '' }], image({})]) expect(content(value)).toEqual([])
    for (const detail of ['auto', 'low', 'high']) expect(content(image({ detail }))).toEqual([])
    expect(content(image({ detail: 'huge' }))).toEqual(['messages[].content[].image_url.detail'])
    expect(content([{ type: 'video' }])).toEqual(['messages[].content[].type'])
    expect(content([{ type: 'text' }])).toEqual(['messages[].content[].text'])
    expect(content({})).toEqual(['messages[].content'])
  })

  test('support types take text or nothing as content, and drop tool calls', () => {
    expect(failingPaths(bodyWith('support_ticket', 'messages[].content', [{ type: 'text', text: 'a' }]))).toEqual([
      'messages[].content',
    ])
    const parsed = conversationUpsertSchema.parse(bodyWith('support_ticket', 'messages[].tool_calls', []))
    expect(parsed.messages[0]).not.toHaveProperty('tool_calls')
  })

  test.each(['id', 'type', 'function', 'function.name', 'function.arguments'])('a tool call needs its %s', (field) => {
    const path = `messages[].tool_calls[].${field}`

    expect(failingPaths(bodyWith('openai', path, undefined))).toEqual([path])
  })

  test('a conversation’s id has at least one character', () => {
    expect(failingPaths(bodyWith('openai', 'id', ''))).toEqual(['id'])
  })

  test('lists of text refuse anything else in them', () => {
    expect(failingPaths(bodyWith('openai', 'tags', ['a', 1]))).toEqual(['tags[1]'])
    expect(failingPaths(bodyWith('openai', 'messages[].links[].breadcrumbs', [null]))).toEqual([
      'messages[].links[].breadcrumbs[]',
    ])
  })

  test('user properties keep unknown keys, links and messages drop them', () => {
    const parsed = conversationUpsertSchema.parse({
      type: 'openai',
      unknown: 1,
      userProperties: { plan: 'pro' },
      messages: [{ role: 'user', content: '', unknown: 1, links: [{ url: '', unknown: 1 }] }],
    })

    expect(parsed).toEqual({
      type: 'openai',
      userProperties: { plan: 'pro' },
      messages: [{ role: 'user', content: '', links: [{ url: '' }] }],
    })
  })
})

describe('the table of the answer', () => {
  test('names what is always present', () => {
    const [ofConversation, ofMessage] = answerRows.map(({ fields }) => codesIn(fields))
    const required = (schema: z.ZodType) => [...(z.toJSONSchema(schema).required ?? [])].sort()

    expect(ofMessage?.sort()).toEqual(required(storedMessageSchema))
    expect(ofConversation?.filter((name) => name !== 'openai' && name !== 'messagesOpenAIFormat').sort()).toEqual(
      required(storedConversationSchema),
    )
    expect(required(conversationAnswerSchema.options[0])).toContain('messagesOpenAIFormat')
  })
})

describe('the table of errors', () => {
  test('names every code with its status', () => {
    const codes = Object.entries(problemCodes).map(([code, { status }]) => [String(status), code])

    expect(errorRows.map(({ status, code }) => [status, codesIn(code)[0]])).toEqual(codes)
  })

  test('says what the script does then', () => {
    const words: Record<string, SenderAction> = { 'gives it up': 'refused', stops: 'blocked', 'tries later': 'retry' }

    for (const row of errorRows) expect(words[row['the script'] ?? '']).toBe(senderActionFor(Number(row.status)))
    expect([200, 204, 408, 425, 502, 413, 418].map(senderActionFor)).toEqual([
      'delivered',
      'delivered',
      'retry',
      'retry',
      'retry',
      'refused',
      'refused',
    ])
  })
})

test('the limits in the overview are those of the code', () => {
  const text = overview.map(({ value }) => value).join('\n')

  for (const limit of [maxBodyBytes, maxCollectorBodyBytes, defaultRateLimit.requestsPerMinute]) {
    expect(text).toContain(limit.toLocaleString('en-US'))
  }
})
