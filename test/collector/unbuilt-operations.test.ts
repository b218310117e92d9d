import { expect, test } from 'vitest'
import { problemMediaType } from '../../src/contract/problem.ts'
import { codesIn, tablesOf } from '../contract/markdown-tables.ts'
import { collectorUnderTest, conversation, problemOf } from './collector-under-test.ts'

const operations = (tablesOf('docs/contract.md').find(([row]) => row && 'operation' in row) ?? []).map((row) => {
  const [method = '', path = ''] = (codesIn(row.request)[0] ?? '').split(' ')
  return { operation: codesIn(row.operation)[0] ?? '', method, path, isHere: row.here === 'yes' }
})

test('the table names the client’s 18 operations, six of them here', () => {
  expect(operations).toHaveLength(18)
  expect(operations.filter(({ isHere }) => isHere)).toHaveLength(6)
})

test.each(operations.filter(({ isHere }) => !isHere))(
  '$operation is a 501 that says what to do',
  async ({ method, path }) => {
    const { fetch, api } = await collectorUnderTest()

    const response = await fetch(
      new Request(`http://collector.test${path.replace(/\{\w+\}/, 'x')}`, {
        method,
        headers: { authorization: `Bearer ${api.key}`, 'content-type': 'application/json' },
        ...(method === 'POST' && { body: '{}' }),
      }),
    )

    expect(response.status).toBe(501)
    expect(response.headers.get('content-type')).toBe(problemMediaType)
    expect((await problemOf(response)).detail).toMatch(/^This collector has no (GET|POST) \/.*: ./)
  },
)

test('the same externalId without an id is another conversation each time', async () => {
  const { store200 } = await collectorUnderTest()

  const [first, second] = [
    await store200(conversation({ externalId: 'x' })),
    await store200(conversation({ externalId: 'x' })),
  ]

  expect(first.id).not.toBe(second.id)
})
