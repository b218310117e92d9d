import { expect, test } from 'vitest'
import { collectorUnderTest } from '../collector/collector-under-test.ts'
import { fakePage } from '../script/fakes/fake-platform.ts'
import { type Json, openaiFields } from './request-table.ts'

/** What the table has for other senders: a page's script says nothing of it. */
const othersFields = [
  ...['externalUrl', 'messages[].externalUrl', 'supportTicketConversationId', 'projectId', 'integrationId'],
  ...[
    'userProperties.userId',
    'userProperties.supportAgentName',
    'userProperties.userType',
    'messages[].type',
    'messages[].userProperties',
  ],
]
const scriptsFields = openaiFields.map(({ path }) => path).filter((path) => !othersFields.includes(path))

/** What a page's script sends of a conversation in which everything is said that its calls take. */
async function sentByScript(): Promise<Json> {
  const { log, advance, endpoint } = fakePage({ init: { properties: { site: 'docs' }, tags: ['docs'] } })
  log.identify({ userId: 'u7', plan: 'pro' })
  log.startConversation({ id: 'chat-42', properties: { plan: 'pro' }, tags: ['billing'], visibility: 'private' })
  log.trackMessage({
    id: 'a1',
    role: 'assistant',
    content: 'With npm.',
    name: 'Ask Osier',
    links: [
      {
        url: 'https://docs.example.com/install',
        label: 'Install',
        title: 'Installing',
        description: 'In a minute',
        type: 'documentation',
        breadcrumbs: ['Guide', 'Install'],
      },
    ],
    toolCalls: [{ id: 'call_1', function: { name: 'search', arguments: { query: 'install' } } }],
    properties: { model: 'small' },
    createdAt: '2026-03-01T12:00:00+02:00',
  })
  log.trackLinkClick({ url: 'https://docs.example.com/install', label: 'Install' })
  await advance(60_000)
  return JSON.parse(endpoint.requests.at(-1)?.text ?? 'null')
}

test.each(scriptsFields)('what the script sends as %s, the collector stores and gives back', async (path) => {
  const { post, get } = await collectorUnderTest()
  const sent = await sentByScript()

  const answer = await post(sent)
  const stored = await get(`/conversations/${sent.id}`)

  expect(answer.status).toBe(200)
  expect(valueAt(sent, path)).toBeDefined()
  expect(valueAt(await answer.json(), path)).toMatchObject(wanted(sent, path))
  expect(valueAt(await stored.json(), path)).toMatchObject(wanted(sent, path))
})

test('the script sends nothing that the table leaves to others', async () => {
  const sent = await sentByScript()

  expect(othersFields.filter((path) => valueAt(sent, path) !== undefined)).toEqual([])
})

/** Boxed, so that texts compare as objects do. The collector adds fields to messages, and changes none. */
const wanted = (sent: Json, path: string) => valueAt(sent, path) as object

function valueAt(body: unknown, path: string): unknown {
  const value = path
    .replaceAll('[]', '.0')
    .split('.')
    .reduce((inner, step) => (inner as Json | undefined)?.[step], body)
  return value === undefined ? undefined : { value }
}
