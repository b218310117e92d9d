import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { openapiDocument } from '../../src/collector/openapi/document.ts'
import { type Operation, operations } from '../../src/collector/openapi/operations.ts'
import { collectorUnderTest } from './collector-under-test.ts'

const document = JSON.parse(JSON.stringify(openapiDocument()))

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
ajv.addSchema(document, 'document')

type Answer = { content: Record<string, { schema: { $ref: string } }> }

/** Where the document's own schema of an answer fails it; `null` when it passes. */
async function faultOf(operation: Operation, response: Response): Promise<unknown> {
  const answers: Record<string, Answer> = document.paths[operation.path][operation.method].responses
  const content = answers[String(response.status)]?.content
  const mediaType = response.headers.get('content-type')?.split(';')[0] ?? ''
  const schema = content?.[mediaType]?.schema
  if (!schema) return `${response.status} ${mediaType} is not in the document`
  const validate = ajv.getSchema(`document${schema.$ref}`)
  return validate?.(await response.json()) ? null : (validate?.errors ?? 'no schema')
}

/** A request as the document describes it: its address with the examples of its parameters. */
function requestOf({ method, path, parameters = [] }: Operation, key: string, body?: unknown): Request {
  const address = parameters.reduce((filled, { name, in: place, example }) => {
    return place === 'path' ? filled.replace(`{${name}}`, encodeURIComponent(example)) : filled
  }, path)
  const query = parameters.filter((one) => one.in === 'query').map(({ name, example }) => [name, String(example)])
  return new Request(`http://collector.test${address}?${new URLSearchParams(query)}`, {
    method: method.toUpperCase(),
    headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}

const writing = operations.flatMap((operation) =>
  Object.entries(operation.request?.examples ?? {}).map(([name, { value }]) => ({ operation, name, value })),
)
const reading = operations.filter(({ request }) => !request)

describe('every example', () => {
  test.each(writing)('$operation.path: $name is accepted, under both keys, and answered as stated', async (example) => {
    const { fetch, web, api } = await collectorUnderTest()

    for (const { key } of [web, api]) {
      const response = await fetch(requestOf(example.operation, key, example.value))
      expect(response.status).toBe(200)
      expect(await faultOf(example.operation, response)).toBeNull()
    }
    const schema = ajv.getSchema(`document#/components/schemas/${example.operation.request?.schema}`)
    expect(schema?.(example.value) ? null : schema?.errors).toBeNull()
  })

  test.each(reading)('$method $path finds what the others stored, and is answered as stated', async (operation) => {
    const { fetch, api } = await collectorUnderTest()
    for (const other of writing) await fetch(requestOf(other.operation, api.key, other.value))

    const response = await fetch(requestOf(operation, api.key))

    expect(response.status).toBe(200)
    const body = await response.clone().json()
    if (operation.answer === 'ConversationPage') expect(body.conversations).toHaveLength(1)
    if (operation.answer === 'Forgotten') expect(body).toMatchObject({ conversations: 1, events: 3, feedback: 2 })
    expect(await faultOf(operation, response)).toBeNull()
  })

  test('breaks off without one of its required fields', async () => {
    const { fetch, web } = await collectorUnderTest()

    for (const { operation, value } of writing) {
      const { type: _type, ...rest } = value
      const response = await fetch(requestOf(operation, web.key, rest))
      expect(response.status).toBe(422)
      expect(await faultOf(operation, response)).toBeNull()
    }
  })
})

describe('a refusal is answered as stated', () => {
  test.each(operations.filter(({ key }) => key !== 'none'))('of $method $path', async (operation) => {
    const { fetch, web, store } = await collectorUnderTest({ rateLimit: { requestsPerMinute: 2 } })
    const body = operation.request ? 'not an object' : undefined
    const refused = [
      await fetch(requestOf(operation, 'unknown', body)),
      await fetch(requestOf(operation, web.key, body)),
      await fetch(requestOf(operation, web.key, body)),
      await fetch(requestOf(operation, web.key, body)),
    ]
    store.findKey = () => Promise.reject(new Error('down'))
    refused.push(await fetch(requestOf(operation, web.key, body)))

    const expected = operation.key === 'web' ? [401, 422, 422, 429, 500] : [401, 403, 403, 429, 500]
    expect(refused.map(({ status }) => status)).toEqual(expected)
    for (const response of refused) expect(await faultOf(operation, response)).toBeNull()
  })

  test.each(operations.filter(({ problems }) => problems.includes('not_found')))('of $method $path', async (one) => {
    const { fetch, api } = await collectorUnderTest()

    const response = await fetch(requestOf(one, api.key))

    expect(response.status).toBe(404)
    expect(await faultOf(one, response)).toBeNull()
  })
})

describe('the document', () => {
  test('is served, to any page, without a key', async () => {
    const { fetch } = await collectorUnderTest()

    const response = await fetch(new Request('http://collector.test/openapi.json'))

    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(await response.json()).toEqual(document)
  })

  test('leads nowhere by a reference, and names every request once', () => {
    const names = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name)

    expect(names.filter((name) => !Object.hasOwn(document.components.schemas, name ?? ''))).toEqual([])
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length)
    expect(document.openapi).toBe('3.1.0')
  })
})

describe('the page for people', () => {
  test('shows every request, schema and example, as text, and loads nothing from elsewhere', async () => {
    const { fetch } = await collectorUnderTest()

    const response = await fetch(new Request('http://collector.test/docs'))

    const text = await response.text()
    for (const { id, summary } of operations) expect(text).toContain(`<section id="${id}">\n      <h2>${summary}</h2>`)
    for (const name of Object.keys(document.components.schemas)) expect(text).toContain(`<section id="${name}">`)
    expect(text).toContain('How do I install it?')
    const loaded = [...text.matchAll(/<(?:link|script|img)[^>]*?(?:href|src)="([^"]*)"/g)].map(([, url]) => url)
    expect(loaded).toEqual(['./docs/docs.css'])
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    const style = await fetch(new Request('http://collector.test/docs/docs.css'))
    expect(style.headers.get('content-type')).toContain('text/css')
    expect(await style.text()).not.toMatch(/url\(|@import/)
  })
})
