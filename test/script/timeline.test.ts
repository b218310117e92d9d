import { expect, test } from 'vitest'
import type { Platform } from '../../src/script/platform.ts'
import { fakePage } from './fakes/fake-platform.ts'

/** Names of the entries that a page makes in the browser’s timeline. */
async function entriesOf(debug: boolean): Promise<string[]> {
  const names: string[] = []
  const alter = (platform: Platform): Platform => ({ ...platform, measure: (name) => void names.push(name) })
  const { log, advance } = fakePage({ alter, init: { debug } })
  log.trackMessage({ role: 'assistant', content: 'Hello' })
  await advance(10_000)
  return names
}

test('with `debug`, calls and deliveries, with the reason why they were made then, are entries of the browser’s timeline', async () => {
  expect(await entriesOf(true)).toEqual(['call', 'delivery: message_complete'])
})

test('without it there are none', async () => {
  expect(await entriesOf(false)).toEqual([])
})
