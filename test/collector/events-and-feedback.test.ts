import { describe, expect, test } from 'vitest'
import { eventAnswerSchema } from '../../src/contract/event.ts'
import { feedbackAnswerSchema } from '../../src/contract/feedback.ts'
import {
  type CollectorUnderTest,
  collectorUnderTest,
  postRequest,
  problemOf,
  startOfTime,
} from './collector-under-test.ts'

const event = { type: 'copied', entityType: 'message', messageId: 'm1' }
const feedback = { type: 'negative', messageId: 'm1' }

const send = (collector: CollectorUnderTest, path: string, body: unknown, key = collector.web.key) =>
  Promise.resolve(collector.fetch(postRequest(body, { authorization: `Bearer ${key}` }, path)))

describe.each([
  ['/events', event],
  ['/feedback', feedback],
])('POST %s', (path, body) => {
  test('takes WEB and API keys, and no other', async () => {
    const collector = await collectorUnderTest()

    expect((await send(collector, path, body)).status).toBe(200)
    expect((await send(collector, path, body, collector.api.key)).status).toBe(200)
    expect((await send(collector, path, body, 'web_x_y')).status).toBe(401)
  })

  test('takes a page’s beacon, refuses another type, what isn’t JSON and what breaks the contract', async () => {
    const collector = await collectorUnderTest()
    const { web, fetch } = collector
    const beacon = postRequest(JSON.stringify(body), { 'content-type': 'text/plain' }, `${path}?key=${web.key}`)

    expect((await fetch(beacon)).status).toBe(200)
    const key = { authorization: `Bearer ${web.key}` }
    expect((await fetch(postRequest(body, { ...key, 'content-type': 'text/html' }, path))).status).toBe(400)
    expect((await send(collector, path, '{')).status).toBe(400)
    const refused = await send(collector, path, { ...body, messageId: 7, createdAt: '2026-01-01' })
    expect(refused.status).toBe(422)
    const paths = (await problemOf(refused)).detail.split('; ').map((line) => line.split(': ')[0])
    expect(paths.sort()).toEqual(['createdAt', 'messageId'])
  })

  test('is found under its message, in the project of the key, whatever project it names', async () => {
    const collector = await collectorUnderTest()
    await collector.store200({ id: 'c1', type: 'openai', messages: [{ id: 'm1', role: 'user', content: 'x' }] })
    await send(collector, path, { ...body, projectId: 'other' })

    const { events, feedback: given } = await collector.store.findReactions('default', 'c1')

    expect([...events, ...given]).toMatchObject([{ messageId: 'm1' }])
    expect(await collector.store.findReactions('other', 'c1')).toEqual({ events: [], feedback: [] })
  })

  test('replaces by id, and answers what was sent', async () => {
    const collector = await collectorUnderTest()
    const first = { ...body, id: 'x', properties: { secret: 'of another visitor' } }
    await send(collector, path, first)

    const answer = await (await send(collector, path, { ...body, id: 'x' })).json()

    expect(answer).toMatchObject({ ...body, id: 'x' })
    expect(JSON.stringify(answer)).not.toContain('secret')
  })

  test('a NUL and half a surrogate are replaced, not fatal', async () => {
    const collector = await collectorUnderTest()

    const answer = await (await send(collector, path, { ...body, messageId: 'a\0b\ud800' })).json()

    expect(answer.messageId).toBe('a\uFFFDb\uFFFD')
  })
})

describe('POST /events', () => {
  test('answers every field, with the time, the project and the key where nothing was said', async () => {
    const collector = await collectorUnderTest()

    const answer = await (await send(collector, '/events', event)).json()

    expect(eventAnswerSchema.parse(answer)).toEqual({
      ...event,
      id: expect.stringMatching(/.{21}/),
      createdAt: startOfTime,
      projectId: 'default',
      integrationId: collector.web.stored.id,
    })
  })

  test.each([
    [{ entityType: 'conversation', conversationId: 'c1' }, 'conversationId'],
    [{ entityType: 'search', searchQuery: 'how?' }, 'searchQuery'],
  ])('of %j needs its subject', async (subject, field) => {
    const collector = await collectorUnderTest()

    expect(await (await send(collector, '/events', { type: 'x', ...subject })).json()).toMatchObject(subject)
    const refused = await send(collector, '/events', { type: 'x', ...subject, [field]: undefined })
    expect((await problemOf(refused)).detail).toMatch(new RegExp(`^${field}: `))
  })

  test('of another subject is refused by name', async () => {
    const collector = await collectorUnderTest()

    const refused = await send(collector, '/events', { type: 'x', entityType: 'page' })

    expect(refused.status).toBe(422)
    expect((await problemOf(refused)).detail).toMatch(/^entityType: /)
  })
})

describe('POST /feedback', () => {
  test('a changed mind replaces one’s own feedback and nobody else’s', async () => {
    const collector = await collectorUnderTest()
    const of = (id: string, type: string) =>
      send(collector, '/feedback', {
        ...feedback,
        type,
        userProperties: { id },
        reasons: [{ label: 'l', details: '' }],
      })
    await of('anna', 'negative')
    await of('ben', 'negative')

    const answer = await (await of('anna', 'positive')).json()

    expect(feedbackAnswerSchema.parse(answer)).toMatchObject({ type: 'positive', createdAt: startOfTime })
    const stored = await collector.store.listFeedback('default', 10)
    expect(stored.map(({ feedback: { type, userProperties } }) => [userProperties?.id, type]).sort()).toEqual([
      ['anna', 'positive'],
      ['ben', 'negative'],
    ])
  })
})
