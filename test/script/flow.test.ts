import { expect, test } from 'vitest'
import { fakePage } from './fakes/fake-platform.ts'

test('a visitor’s message that gets no answer is sent by itself after `maxWaitMs`', async () => {
  const { log, advance, endpoint, errors } = fakePage()

  log.trackMessage({ role: 'user', content: 'Hello' })
  await advance(4_900)
  expect(endpoint.requests).toEqual([])
  await advance(300)

  expect(endpoint.contentsOf(log.getState().conversations[0]?.id ?? '')).toEqual(['Hello'])
  expect(errors).toEqual([])
})
