import { describe, expect, test } from 'vitest'
import type { MessageInput } from '../../src/script/chatlog.ts'
import { type EndpointMode, marksOf } from './fakes/fake-endpoint.ts'
import { type FakeBrowser, type FakeBrowserOptions, fakeBrowser } from './fakes/fake-platform.ts'

const id = '0b7f3c1e-5d42-4c5b-9a36-2f1f6f0c8a71'
const shared = { id, shared: true }
const here = { conversationId: id }

const user = (id: string, content: string): MessageInput => ({ id, role: 'user', content })
const assistant = (id: string, content: string): MessageInput => ({ id, role: 'assistant', content })
const [u1, a1, u2, a2, u3] = [
  user('u1', 'one?'),
  assistant('a1', 'one.'),
  user('u2', 'two?'),
  assistant('a2', 'two.'),
  user('u3', 'three?'),
] as const

/** Two devices of a visitor, and a site that keeps the chat. */
function twoDevices(options: FakeBrowserOptions = {}) {
  const laptop = fakeBrowser(options)
  const phone = fakeBrowser({ ...options, seed: 2, besides: laptop })
  return { laptop, phone, endpoint: laptop.endpoint, advance: laptop.advance }
}

const serverOf = (mode: EndpointMode | undefined) => (mode === 'merge' ? ('chatlog' as const) : ('hosted' as const))

/** A page of the site with the chat on it. */
function open(device: FakeBrowser, messages: MessageInput[] | null, mode?: EndpointMode) {
  const tab = device.openTab()
  const log = tab.start({ server: serverOf(mode) })
  log.startConversation(shared)
  if (messages) log.trackMessages(messages, here)
  return { tab, log }
}

/** A chat of one question and its answer, delivered by the laptop, whose tab is closed. */
async function begunOnLaptop(mode: EndpointMode = 'replace') {
  const devices = twoDevices({ mode })
  const { tab, log } = open(devices.laptop, [], mode)
  log.trackMessages([u1], here)
  log.trackMessages([u1, a1], here)
  await devices.advance(20_000)
  await tab.close()
  await devices.advance(20_000)
  return devices
}

describe.each(['replace', 'merge'] as const)('a shared conversation on a server that would %s', (mode) => {
  test('has the site’s id on the wire, on every device', async () => {
    const { phone, endpoint, advance } = await begunOnLaptop(mode)
    const { log } = open(phone, [u1, a1], mode)
    expect(log.startConversation(shared)).toBe(id)
    log.trackMessages([u1, a1, u2], here)
    log.trackMessages([u1, a1, u2, a2], here)
    await advance(20_000)

    expect(endpoint.conversations().map((conversation) => conversation.id)).toEqual([id])
    expect(endpoint.contentsOf(id)).toEqual(['one?', 'one.', 'two?', 'two.'])
    expect(endpoint.violations).toEqual([])
  })

  test('sends nothing because it is looked at', async () => {
    const { phone, endpoint, advance } = await begunOnLaptop(mode)
    const before = endpoint.requests.length
    const { tab, log } = open(phone, [u1, a1], mode)
    await advance(20_000)
    log.trackMessages([u1, a1], here)
    log.identify({ userId: 'ann' })
    void log.flush()
    await tab.hide()
    await tab.navigate()
    open(phone, [u1, a1], mode)
    await advance(20_000)
    await tab.close()
    await advance(90_000)

    expect(endpoint.requests).toHaveLength(before)
  })

  test('sends its history with the first new message, where the server has none', async () => {
    const { phone, endpoint, advance } = twoDevices({ mode })
    const { log } = open(phone, [u1, a1], mode)
    await advance(20_000)
    expect(endpoint.requests).toHaveLength(0)
    log.trackMessages([u1, a1, u2], here)
    await advance(20_000)

    expect(endpoint.contentsOf(id)).toEqual(['one?', 'one.', 'two?'])
  })

  test('keeps what both devices say in turn', async () => {
    const { laptop, phone, endpoint, advance } = await begunOnLaptop(mode)
    open(phone, [u1, a1], mode).log.trackMessages([u1, a1, u2], here)
    await advance(20_000)
    const { tab, log } = open(laptop, [u1, a1, u2, a2], mode)
    await advance(20_000)
    log.trackMessages([u1, a1, u2, a2, u3], here)
    await tab.close()
    await advance(20_000)

    expect(endpoint.contentsOf(id)).toEqual(['one?', 'one.', 'two?', 'two.', 'three?'])
  })

  test('is never made shorter by what a device left, or by one whose store is gone', async () => {
    const { laptop, phone, endpoint, advance } = await begunOnLaptop(mode)
    const left = open(laptop, [u1, a1], mode)
    await advance(100)
    laptop.goOffline()
    left.log.trackMessages([u1, a1, user('u9', 'said offline')], here)
    left.tab.crash()
    open(phone, [u1, a1], mode).log.trackMessages([u1, a1, u2, a2], here)
    await advance(20_000)
    await laptop.goOnline()
    // Another page of the site, without the chat.
    laptop.openTab().start({ server: serverOf(mode) })
    await advance(60_000)
    expect(endpoint.contentsOf(id)).toEqual(expect.arrayContaining(['one?', 'one.', 'two?', 'two.']))
    // And one that shows it.
    const { log } = open(laptop, [u1, a1, u2, a2], mode)
    await advance(60_000)
    expect(endpoint.contentsOf(id)).toEqual(expect.arrayContaining(['one?', 'one.', 'two?', 'two.', 'said offline']))
    expect(log.getState().conversations).toMatchObject([{ id, state: 'delivered' }])

    laptop.database.wipe()
    open(laptop, null, mode).log.trackMessage({ ...u3, ...here })
    await advance(60_000)
    expect(endpoint.contentsOf(id)).toEqual(expect.arrayContaining(['one?', 'one.', 'two?', 'two.', 'said offline']))
  })

  test('goes on under its id over a reload, in two tabs, and after its content was deleted here', async () => {
    const { laptop, endpoint, advance } = await begunOnLaptop(mode)
    await advance(31 * 60_000)
    laptop.openTab().start({ server: serverOf(mode) }) // deletes what is over and delivered
    await advance(10_000)
    expect(laptop.database.rows().filter(({ kind }) => kind === 'message')).toEqual([])

    const one = open(laptop, [u1, a1], mode)
    const two = open(laptop, [u1, a1], mode)
    await advance(100)
    one.log.trackMessages([u1, a1, u2], here)
    await advance(100)
    two.log.trackMessages([u1, a1, u2, a2], here)
    await advance(20_000)
    await two.tab.navigate()
    const again = two.tab.start({ server: serverOf(mode) })
    again.startConversation(shared)
    again.trackMessages([u1, a1, u2, a2, u3], here)
    again.trackMessages([u1, a1, u2, a2, u3, assistant('a3', 'three.')], here)
    await advance(20_000)

    expect(endpoint.conversations().map((conversation) => conversation.id)).toEqual([id])
    expect(endpoint.contentsOf(id)).toEqual(['one?', 'one.', 'two?', 'two.', 'three?', 'three.'])
  })

  test('in the tab that goes on while another page deletes what is over, too', async () => {
    const { laptop, endpoint, advance } = twoDevices({ mode })
    const { log, tab } = open(laptop, [], mode)
    log.trackMessages([u1], here)
    log.trackMessages([u1, a1], here)
    await advance(31 * 60_000)
    laptop.openTab().start({ server: serverOf(mode) })
    await advance(10_000)
    log.trackMessages([u1, a1, u2], here)
    await advance(100)
    await tab.close()
    laptop.openTab().start({ server: serverOf(mode) })
    await advance(20_000)

    expect(endpoint.conversations().map((conversation) => conversation.id)).toEqual([id])
    expect(endpoint.contentsOf(id)).toEqual(['one?', 'one.', 'two?'])
  })

  test('goes on on the site’s next page, where nothing new names it', async () => {
    const { phone, endpoint, advance } = await begunOnLaptop(mode)
    const { tab } = open(phone, [u1, a1], mode)
    await advance(100)
    await tab.navigate()
    const log = tab.start({ server: serverOf(mode) })
    log.trackMessages([u1, a1])
    await advance(100)
    log.trackMessages([u1, a1, u2])
    await advance(20_000)

    expect(endpoint.contents()).toEqual([['one?', 'one.', 'two?']])
  })

  test('a question that waits for its answer, and an answer that comes, are no history', async () => {
    const { phone, endpoint, advance } = twoDevices({ mode })
    const { tab } = open(phone, [u1, a1, u2, { ...a2, status: 'streaming' }], mode)
    await advance(100)
    await tab.close()
    await advance(20_000)

    expect(endpoint.contentsOf(id)).toEqual(['one?', 'one.', 'two?', 'two.'])
  })

  test('a list that hasn’t come yet is no transcript', async () => {
    const { laptop, phone, endpoint, advance } = await begunOnLaptop(mode)
    const left = open(laptop, [u1, a1], mode)
    await advance(100)
    laptop.goOffline()
    left.log.trackMessages([u1, a1, user('u9', 'said offline')], here)
    left.tab.crash()
    open(phone, [u1, a1], mode).log.trackMessages([u1, a1, u2, a2], here)
    await advance(20_000)
    await laptop.goOnline()
    const { log } = open(laptop, [], mode)
    await advance(60_000)
    expect(endpoint.contentsOf(id)).toEqual(expect.arrayContaining(['one?', 'one.', 'two?', 'two.']))
    log.trackMessages([u1, a1, u2, a2], here)
    await advance(60_000)

    expect(endpoint.contentsOf(id)).toEqual(expect.arrayContaining(['one?', 'one.', 'two?', 'two.', 'said offline']))
  })

  test('feedback on a message of another device is sent, and takes the history along', async () => {
    const { phone, endpoint, advance } = await begunOnLaptop(mode)
    const { log } = open(phone, [u1, a1], mode)
    log.trackFeedback({ messageId: 'a1', type: 'negative', ...here })
    await advance(20_000)

    const [conversation] = endpoint.conversations()
    expect(endpoint.contentsOf(id)).toEqual(['one?', 'one.'])
    expect(marksOf(conversation?.messages[1])).toMatchObject({ feedback: { type: 'negative' } })
  })

  test('a device that never showed it can remove it', async () => {
    const { phone, endpoint, advance } = await begunOnLaptop(mode)
    const log = phone.openTab().start({ server: serverOf(mode) })
    log.startConversation(shared)
    log.discardConversation(id)
    await advance(20_000)

    expect(marksOf(endpoint.conversations()[0])).toHaveProperty('discardedAt')
  })
})

test('what another device knows of a message stays where its history comes later', async () => {
  const { laptop, phone, endpoint, advance } = twoDevices({ mode: 'merge' })
  const { log } = open(laptop, [], 'merge')
  log.trackMessages([u1, a1], here)
  log.trackFeedback({ messageId: 'a1', type: 'positive', ...here })
  await advance(20_000)
  open(phone, [u1, a1], 'merge').log.trackMessages([u1, a1, u2], here)
  await advance(20_000)

  expect(marksOf(endpoint.conversations()[0]?.messages[1])).toMatchObject({ feedback: { type: 'positive' } })
  expect(endpoint.contentsOf(id)).toEqual(['one?', 'one.', 'two?'])
})

test('an answer that broke off on one device is whole once another shows it whole', async () => {
  const { laptop, phone, endpoint, advance } = twoDevices({ mode: 'merge' })
  const { log, tab } = open(laptop, [], 'merge')
  await advance(100)
  log.trackMessages([u1, { ...a1, content: 'on', status: 'streaming' }], here)
  await tab.close()
  await advance(20_000)
  expect(endpoint.contentsOf(id)).toEqual(['one?', 'on'])
  open(phone, [u1, a1], 'merge').log.trackMessages([u1, a1, u2], here)
  await advance(20_000)

  expect(endpoint.contentsOf(id)).toEqual(['one?', 'one.', 'two?'])
  expect(marksOf(endpoint.conversations()[0]?.messages[1])).toMatchObject({ status: 'complete' })
})

test('until its transcript is given, a server that replaces gets nothing, and flush says why', async () => {
  const { phone, endpoint, advance } = twoDevices()
  const { log } = open(phone, null)
  log.trackMessage({ ...u1, ...here })
  await advance(60_000)
  expect(endpoint.requests).toHaveLength(0)
  expect(await log.flush()).toEqual({ delivered: [], pending: [{ conversationId: id, reason: 'unshown' }] })
  log.trackMessages([u1], here)
  await advance(20_000)

  expect(endpoint.contentsOf(id)).toEqual(['one?'])
})

test.each([['chat-42'], ['175928847299117063'], ['00000000-0000-0000-0000-000000000042'], [''], [undefined], [42]])(
  'an id that others could guess (%s) is refused, and the chat stays this browser’s',
  async (guessable) => {
    const { laptop, phone, endpoint, advance } = twoDevices()
    for (const device of [laptop, phone]) {
      const log = device.openTab().start()
      const given = guessable as string
      expect(() => log.startConversation({ id: given, shared: true })).not.toThrow()
      log.trackMessages([u1], given ? { conversationId: given } : undefined)
      await advance(20_000)
      expect(device.errors.join()).toMatch(/`shared` needs a random `id` of at least 16 characters/)
    }

    expect(endpoint.contents()).toEqual([['one?'], ['one?']])
    expect(endpoint.conversations().map((conversation) => conversation.id)).not.toContain(String(guessable))
  },
)

test.each([
  ['0b7f3c1e-5d42-4c5b-9a36-2f1f6f0c8a71'],
  ['V1StGXR8_Z5jdHi6B-myT'],
  ['01ARZ3NDEKTSV4RRFFQ69G5FAV'],
  ['9f86d081884c7d65'],
])('a random id (%s) is taken', (random) => {
  const log = fakeBrowser().openTab().start()

  expect(log.startConversation({ id: random, shared: true })).toBe(random)
})
