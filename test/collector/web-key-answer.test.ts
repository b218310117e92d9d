import { expect, test } from 'vitest'
import { collectorUnderTest, contentsOf, conversation, message } from './collector-under-test.ts'

const secret = {
  id: 'c1',
  type: 'openai',
  userProperties: { id: 'u7', email: 'ada@example.com' },
  updatedAt: '2026-11-22T11:30:00Z',
  messages: [message('m1'), message('m2', 5, { content: 'my password' })],
}

test('a WEB key gets back the messages of its request and no other', async () => {
  const { store200, post } = await collectorUnderTest()
  await store200(secret)

  const answer = await (await post(conversation({ id: 'c1', messages: [message('m3', 9)] }))).json()

  expect(contentsOf(answer)).toEqual(['m3'])
  expect(answer.messagesOpenAIFormat).toEqual([{ role: 'user', content: 'm3' }])
})

test('a WEB key that guesses ids learns nothing it didn’t send', async () => {
  const { store200, post } = await collectorUnderTest()
  await store200(secret)
  const guess = { id: 'c1', type: 'openai', updatedAt: '1970-01-01T00:00:00Z' }

  const response = await post({
    ...guess,
    messages: [{ id: 'm2', role: 'user', content: '?', updatedAt: guess.updatedAt }],
  })

  expect(response.status).toBe(200)
  expect(await response.text()).not.toMatch(/password|ada@/)
})

test('an API key gets back the whole conversation', async () => {
  const { store200 } = await collectorUnderTest()
  await store200(secret)

  const answer = await store200(conversation({ id: 'c1', messages: [message('m3', 9)] }))

  expect(contentsOf(answer)).toEqual(['m1', 'my password', 'm3'])
  expect(answer.userProperties).toEqual(secret.userProperties)
})
