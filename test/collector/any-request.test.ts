import fc from 'fast-check'
import { expect, test } from 'vitest'
import { conversationAnswerSchema } from '../../src/contract/answer.ts'
import { problemMediaType, problemSchema } from '../../src/contract/problem.ts'
import { bodyWith, everyField, openaiFields } from '../contract/request-table.ts'
import { type CollectorUnderTest, collectorUnderTest, postRequest } from './collector-under-test.ts'

// Hundreds of requests a test, on machines that may be busy with other tests.

const paths = openaiFields.map(({ path }) => path).filter((path) => path !== 'id' && path !== 'messages')
const anyText = fc.string({ unit: 'binary' })
const anyValue = fc.oneof(fc.jsonValue({ maxDepth: 4 }), anyText, fc.constant({ ['__proto__']: { toJSON: 1 } }))
/** A body with every field, some of them replaced by whatever JSON holds. */
const nearlyRight = fc
  .array(fc.tuple(fc.constantFrom(...paths), anyValue), { minLength: 1, maxLength: 3 })
  .map((changes) =>
    changes.reduce((body, [path, value]) => Object.assign(body, mutated(path, value)), everyField('openai')),
  )
/** A body that keeps to the contract, with whatever texts and JSON in it. */
const right = fc.record(
  {
    type: fc.constant('openai'),
    properties: fc.dictionary(anyText, fc.jsonValue()),
    userProperties: fc.dictionary(anyText, fc.jsonValue()).map((traits) => ({ ...traits, id: 1 })),
    tags: fc.option(fc.array(anyText)),
    messages: fc.array(
      fc.record(
        {
          externalId: fc.option(anyText),
          role: fc.constantFrom('system', 'user', 'assistant'),
          content: fc.oneof(anyText, fc.array(fc.record({ type: fc.constant('text'), text: anyText }))),
          links: fc.option(fc.array(fc.record({ url: anyText, label: fc.option(anyText) }))),
          createdAt: fc
            .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
            .map((at) => at.toISOString()),
        },
        { requiredKeys: ['role', 'content'] },
      ),
      { minLength: 1 },
    ),
  },
  { requiredKeys: ['type', 'messages'] },
)
const anyBody = fc.oneof(
  right.map((body) => JSON.stringify(body)),
  nearlyRight.map((body) => JSON.stringify(body)),
  fc.json(),
  anyText,
  fc.uint8Array({ maxLength: 100 }),
)
const anyHeaders = fc.record(
  {
    'content-type': fc.constantFrom('application/json', 'text/plain', 'application/json;', ';', 'multipart/form-data'),
    'content-encoding': fc.constantFrom('gzip', 'identity', 'br', 'gzip, gzip'),
    'content-length': fc.constantFrom('0', '-1', 'x', '99999999999999'),
    origin: fc.constantFrom('https://a.example', 'null', 'x'),
    authorization: fc.constantFrom('Bearer', 'Bearer x', 'bearer web__', 'Basic eDp5', ''),
  },
  { requiredKeys: [] },
)
const anyPath = fc.oneof(
  fc.constantFrom(
    '/',
    '//conversations',
    '/conversations/%E0%A4%A',
    '/conversations/..%2f',
    '/conversations?limit=%00',
  ),
  fc.webPath().map((path) => path || '/'),
  fc.webQueryParameters().map((query) => `/conversations?${query}`),
)

function mutated(path: string, value: unknown): Record<string, unknown> {
  const [top = ''] = path.split(/[.[]/)
  return { [top]: bodyWith('openai', path, value)[top] }
}

async function expectDocumentedAnswer({ errors }: CollectorUnderTest, response: Response, statuses: number[]) {
  expect(statuses).toContain(response.status)
  expect(errors).toEqual([])
  if (response.status === 200) return conversationAnswerSchema.parse(await response.json())
  expect(response.headers.get('content-type')).toBe(problemMediaType)
  return problemSchema.strict().parse(await response.json())
}

test('whatever is posted under a key is stored or refused as the contract says, and never fails the collector', async () => {
  const collector = await collectorUnderTest()
  await fc.assert(
    fc.asyncProperty(anyBody, async (body) => {
      await expectDocumentedAnswer(collector, await collector.post(body), [200, 400, 422])
    }),
    { numRuns: 500 },
  )
})

test('whatever the headers and the path, the answer is a documented one', async () => {
  const collector = await collectorUnderTest()
  await fc.assert(
    fc.asyncProperty(anyPath, anyHeaders, anyBody, async (path, headers, body) => {
      const response = await collector.fetch(postRequest(body, headers, path))
      await expectDocumentedAnswer(collector, response, [400, 401, 404, 405])
    }),
    { numRuns: 300 },
  )
})

test('whatever keeps to the contract is stored, and an API key is answered what it reads later', async () => {
  await fc.assert(
    fc.asyncProperty(right, async (body) => {
      const { store200, get } = await collectorUnderTest()

      const answer = await store200(body)

      expect(await (await get(`/conversations/${answer.id}`)).json()).toEqual(answer)
    }),
  )
})

test('whatever is sent a second time changes nothing but dates', async () => {
  await fc.assert(
    fc.asyncProperty(right, async (body) => {
      const { store200 } = await collectorUnderTest()
      const first = await store200({ ...body, id: 'c1' })

      const second = await store200({ ...body, id: 'c1' })

      expect(second.messages).toEqual(first.messages)
    }),
  )
})
