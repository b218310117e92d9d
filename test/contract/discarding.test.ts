import { expect, test } from 'vitest'
import { collectorUnderTest } from '../collector/collector-under-test.ts'
import { fakePage } from '../script/fakes/fake-platform.ts'

test.each([true, false])(
  'a chat that the visitor removes is erased where the collector is set to (%s)',
  async (eraseDiscarded) => {
    const { log, advance, endpoint, clock } = fakePage({ mode: 'merge' })
    const { post, get } = await collectorUnderTest({ eraseDiscarded, now: clock.now })
    log.trackMessages([{ id: '1', role: 'user', content: 'my secret' }])
    await advance(30_000)
    log.discardConversation()
    await advance(30_000)

    for (const { text } of endpoint.requests) expect((await post(text)).status).toBe(200)

    const id = endpoint.conversations()[0]?.id
    expect((await get(`/conversations/${id}`)).status).toBe(eraseDiscarded ? 404 : 200)
    const listed = await (await get('/conversations')).json()
    expect(listed.total).toBe(eraseDiscarded ? 0 : 1)
    if (!eraseDiscarded) expect(listed.conversations[0].properties.chatlog.discardedAt).toEqual(expect.any(String))
  },
)
