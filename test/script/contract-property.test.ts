import fc from 'fast-check'
import { expect, test } from 'vitest'
import { conversationUpsertSchema, openaiMessageSchema } from '../../src/contract/conversation.ts'
import type { MessageInput } from '../../src/script/chatlog.ts'
import { fakePage } from './fakes/fake-platform.ts'
import { wildValue as wild } from './wild-values.ts'

const likely = fc.record(
  {
    id: fc.oneof(fc.string(), wild),
    role: fc.oneof(fc.constantFrom('user', 'assistant', 'system', 'tool'), wild),
    content: fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.oneof(part(), wild)), wild),
    name: wild,
    links: fc.oneof(fc.array(fc.record({ url: fc.oneof(fc.string(), wild), label: wild, breadcrumbs: wild })), wild),
    toolCalls: fc.oneof(fc.array(fc.record({ id: fc.string(), function: wild })), wild),
    properties: wild,
    createdAt: wild,
    status: fc.oneof(fc.constantFrom('streaming', 'complete', 'aborted', 'error'), wild),
  },
  { requiredKeys: [] },
)

test('whatever a page passes, what is sent parses with the schema, and nothing is thrown', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(likely, wild), { minLength: 1, maxLength: 5 }), async (inputs) => {
      const { log, advance, endpoint } = fakePage()
      for (const input of inputs) log.trackMessage(input as MessageInput)
      log.trackMessages(inputs as MessageInput[])
      await advance(20_000)

      for (const { text } of endpoint.requests) conversationUpsertSchema.parse(JSON.parse(text))
      expect(endpoint.violations).toEqual([])
    }),
    { numRuns: 300 },
  )
})

const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const nullable = <Value>(value: fc.Arbitrary<Value>) => fc.option(optional(value), { nil: null })
const text = nullable(fc.string())

/** A message as the contract has it, in the public API's spelling. */
const accepted = fc.record({
  role: fc.constantFrom('user', 'assistant', 'system'),
  content: fc.oneof(fc.string(), fc.array(part())),
  name: text,
  links: nullable(
    fc.array(fc.record({ url: fc.string(), label: text, title: text, description: text, type: text }), {
      maxLength: 3,
    }),
  ),
  toolCalls: nullable(
    fc.array(
      fc.record({
        id: fc.string(),
        type: fc.constant('function'),
        function: fc.record({ name: fc.string(), arguments: fc.string() }),
      }),
      { maxLength: 3 },
    ),
  ),
  properties: nullable(fc.dictionary(fc.string(), fc.jsonValue())),
})

test('what the schema accepts, the script does not refuse', async () => {
  await fc.assert(
    fc.asyncProperty(accepted, async (message) => {
      const { toolCalls, ...rest } = message
      openaiMessageSchema.parse({ ...rest, tool_calls: toolCalls })
      const { log, advance, endpoint, errors } = fakePage()

      const id = log.trackMessage(message as MessageInput)
      await advance(20_000)

      expect(errors).toEqual([])
      const [stored] = endpoint.conversations()
      expect(stored?.messages).toMatchObject([{ id, role: message.role }])
      if (typeof message.content === 'string') expect(stored?.messages[0]?.content).toBe(wellFormed(message.content))
      else expect(stored?.messages[0]?.content).toHaveLength(message.content.length)
    }),
    { numRuns: 200 },
  )
})

const wellFormed = (value: string) => value.replace(/[\0\p{Cs}]/gu, '\ufffd')

function part() {
  return fc.oneof(
    fc.record({ type: fc.constant('text'), text: fc.string() }),
    fc.record({ type: fc.constant('image_url'), image_url: fc.record({ url: fc.webUrl() }) }),
  )
}
