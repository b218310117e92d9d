import { expect, test, vi } from 'vitest'
import { createLiveView } from '../../src/collector/live-view/live-view.ts'
import { serveCollector } from '../../src/collector/serve/serve-collector.ts'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { addKey } from '../../src/collector/store/keys.ts'
import { conversationOf } from './store-suite.ts'

test.each(['ndjson', 'csv'])(
  'over HTTP, an export that fails in the middle is cut, and says nothing of why (%s)',
  async (format) => {
    const store = openSqliteStore(':memory:')
    const { key } = await addKey(store, { type: 'api' })
    for (let index = 0; index < 101; index += 1) {
      await store.upsertConversation('default', `c${index}`, () => conversationOf(`c${index}`, [`m${index}`]))
    }
    const list = store.listConversations
    vi.spyOn(store, 'listConversations').mockImplementation((projectId, page) =>
      page.cursor === undefined ? list(projectId, page) : Promise.reject(new Error('a secret of the database')),
    )
    const errors: unknown[] = []
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { routes } = createLiveView()
    const served = await serveCollector({ store, port: 0, routes, reportError: (error) => errors.push(error) })
    const signedIn = await fetch(`${served.url}/sign-in`, {
      method: 'POST',
      body: new URLSearchParams({ apiKey: key }),
      redirect: 'manual',
    })
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''

    let text = ''
    const read = async () => {
      const answer = await fetch(`${served.url}/live-view/export.${format}`, { headers: { cookie } })
      const decoder = new TextDecoder()
      for await (const chunk of answer.body ?? []) text += decoder.decode(chunk, { stream: true })
    }

    await expect(read()).rejects.toThrow()
    expect(text).not.toContain('secret')
    expect(errors).toHaveLength(1)
    expect(printed).not.toHaveBeenCalled()
    await served.close()
    await store.close()
  },
)
