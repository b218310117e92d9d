import { afterEach, expect, test, vi } from 'vitest'
import { welcome } from '../../src/collector/command-line/welcome.ts'
import { openLiveView } from '../../src/collector/live-view/live-view.ts'
import { openSqliteStore } from '../../src/collector/sqlite/sqlite-store.ts'
import { addKey } from '../../src/collector/store/keys.ts'

afterEach(() => vi.restoreAllMocks())

/** What is printed at a start, a line each. */
async function printedAt({ store = openSqliteStore(':memory:'), url = 'http://127.0.0.1:8787', isTerminal = false }) {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  await welcome({ store, liveView: openLiveView(), collector: { url }, isTerminal })
  const printed = log.mock.calls.map(([line]) => String(line))
  log.mockRestore()
  return printed
}

test('the very first start prints a link, and says for how long it works', async () => {
  const store = openSqliteStore(':memory:')
  const [link, note] = await printedAt({ store })

  expect(link).toMatch(/^Open the live view: http:\/\/127\.0\.0\.1:8787\/sign-in\?ticket=\S+$/)
  expect(note).toContain('once, within 10 minutes')
  expect(await store.listKeys('default')).toEqual([])
})

test.each([
  ['http://0.0.0.0:8787', 'http://127.0.0.1:8787/'],
  ['http://[::]:8787', 'http://[::1]:8787/'],
  ['http://192.168.1.5:8787', 'http://192.168.1.5:8787/'],
])('a collector on %s is opened at %s', async (url, address) => {
  const [link] = await printedAt({ url })

  expect(link).toContain(`: ${address}sign-in`)
})

test('later starts print a link in a terminal alone, as long as an API key of the project works', async () => {
  const store = openSqliteStore(':memory:')
  const { stored } = await addKey(store, { type: 'api' })

  expect(await printedAt({ store })).toEqual([])
  expect(await printedAt({ store, isTerminal: true })).toHaveLength(2)
  await store.revokeKey('default', stored.id, new Date().toISOString())
  expect(await printedAt({ store, isTerminal: true })).toEqual([])
  expect(await store.listKeys('default')).toHaveLength(1)
})
