import { expect, test } from 'vitest'
import type { Platform } from '../../src/script/platform.ts'
import { fakeBrowser, fakePage } from './fakes/fake-platform.ts'

/** Text that says which message it is of, about a kilobyte long, and longer in bytes than in characters. */
const textOf = (index: number) => `Message ${index}: ${'längere Wörter '.repeat(60)}`

/** A page that counts the characters that it hands over to the browser to keep. */
function pageThatCounts() {
  const frozen: string[] = []
  const alter = (platform: Platform): Platform => ({
    ...platform,
    freeze(text) {
      frozen.push(text)
      return platform.freeze(text)
    },
  })
  return { frozen, ...fakePage({ alter }) }
}

test('a long conversation arrives whole, and its size is known to the byte', async () => {
  const { log, endpoint, advance } = pageThatCounts()
  const told: number[] = []
  log.on('delivered', ({ bytes }) => told.push(bytes))

  for (let index = 0; index < 200; index++) log.trackMessage({ role: 'assistant', content: textOf(index) })
  await advance(60_000)

  const { id } = endpoint.conversations()[0] ?? { id: '' }
  expect(endpoint.contentsOf(id)).toEqual(Array.from({ length: 200 }, (_, index) => textOf(index)))
  expect(told).toEqual(endpoint.requests.map(({ bytes }) => bytes))
  expect(endpoint.violations).toEqual([])
})

test('an old message of a long conversation is made into a body once, however often that is sent', async () => {
  const { log, frozen, endpoint, advance } = pageThatCounts()
  for (let index = 0; index < 200; index++) log.trackMessage({ role: 'assistant', content: textOf(index) })
  await advance(60_000)
  const before = frozen.length

  for (let index = 200; index < 210; index++) {
    log.trackMessage({ role: 'assistant', content: textOf(index) })
    await advance(20_000)
  }

  expect(endpoint.requests.length).toBeGreaterThan(10)
  expect(before).toBeGreaterThan(0)
  expect(frozen.length - before).toBeLessThanOrEqual(1)
})

test('a page that goes on with a long conversation hands it over to the browser a little at a time', async () => {
  const browser = fakeBrowser()
  const tab = browser.openTab()
  const before = tab.start()
  for (let index = 0; index < 300; index++) before.trackMessage({ role: 'assistant', content: textOf(index) })
  await browser.advance(60_000)
  await tab.navigate()

  let [atOnce, most, handedOver] = [0, 0, 0]
  const { setTimer, freeze } = tab.platform
  Object.assign(tab.platform, {
    setTimer: (callback: () => void, delayMs: number) =>
      setTimer(() => {
        atOnce = 0
        callback()
      }, delayMs),
    freeze(text: string) {
      handedOver++
      most = Math.max(most, ++atOnce)
      return freeze(text)
    },
  } satisfies Partial<Platform>)
  const log = tab.start()
  log.trackMessage({ role: 'user', content: 'and on' })
  await browser.advance(60_000)

  expect(browser.endpoint.conversations()[0]?.messages).toHaveLength(301)
  expect(handedOver).toBe(9)
  expect(most).toBeLessThanOrEqual(4)
})

test('a changed old message is in the next body as it is now', async () => {
  const { log, endpoint, advance } = pageThatCounts()
  for (let index = 0; index < 200; index++) {
    log.trackMessage({ id: `m${index}`, role: 'assistant', content: textOf(index) })
  }
  await advance(60_000)

  log.trackMessage({ id: 'm3', role: 'assistant', content: 'Corrected.' })
  await advance(60_000)

  const { id } = endpoint.conversations()[0] ?? { id: '' }
  expect(endpoint.contentsOf(id)[3]).toBe('Corrected.')
  expect(endpoint.contentsOf(id)).toHaveLength(200)
})

test('with our own collector what is sent is compressed, and never while the page goes', async () => {
  const { log, endpoint, network, advance, tab } = fakePage({ init: { server: 'chatlog' } })
  for (let index = 0; index < 40; index++) log.trackMessage({ role: 'assistant', content: textOf(index) })
  await advance(5_000)

  log.trackMessage({ role: 'assistant', content: textOf(40) })
  await tab.close()
  await advance(1_000)

  const [first] = network.sent
  expect(first?.headers['content-encoding']).toBe('gzip')
  expect(first?.bytes).toBeLessThan((endpoint.requests[0]?.bytes ?? 0) / 4)
  expect(network.sent.slice(1).map(({ headers }) => headers['content-encoding'])).toEqual([undefined, undefined])
  expect(endpoint.conversations()[0]?.messages).toHaveLength(41)
})
