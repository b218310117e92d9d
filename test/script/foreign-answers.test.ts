import { describe, expect, test } from 'vitest'
import type { Fault } from './fakes/fake-endpoint.ts'
import { endpointOptions, fakeBrowser, fakePage } from './fakes/fake-platform.ts'

const second = 1_000
const minute = 60_000

describe('an answer that is not the endpoint’s own acknowledges nothing', () => {
  const foreign: [string, Fault][] = [
    ['the start page of a host that answers every path', { kind: 'foreign', status: 200 }],
    ['an empty 200', { kind: 'foreign', status: 200, contentType: 'text/plain', text: '' }],
    [
      'JSON without the conversation’s id',
      { kind: 'foreign', status: 200, contentType: 'application/json', text: '{}' },
    ],
    [
      'JSON of another conversation',
      { kind: 'foreign', status: 201, contentType: 'application/json', text: '{"id":"another"}' },
    ],
    ['JSON that holds no object', { kind: 'foreign', status: 200, contentType: 'application/json', text: 'null' }],
    ['a 202 with a page', { kind: 'foreign', status: 202 }],
    ['a 203 of a proxy', { kind: 'foreign', status: 203, text: '' }],
    ['a 206 of a cache', { kind: 'foreign', status: 206 }],
    ['a redirect', { kind: 'redirect', to: 'https://login.example.com/' }],
  ]

  test.each(foreign)(
    '%s: the message is kept, sent again, and delivered once the endpoint answers',
    async (_, fault) => {
      const { log, advance, endpoint, errors } = fakePage()
      endpoint.always(fault)
      log.trackMessage({ role: 'assistant', content: 'one' })
      await advance(minute)

      expect(log.getState().conversations[0]?.state).toBe('dirty')
      expect(log.getState().counts.delivered).toBe(0)
      expect(endpoint.requests.length).toBeGreaterThan(2)
      expect(errors.filter((line) => line.includes('data-endpoint'))).toHaveLength(
        fault.kind === 'foreign' && fault.status > 202 ? 0 : 1,
      )
      endpoint.always(null)
      await advance(20 * minute)
      expect(endpoint.contents()).toEqual([['one']])
      expect(log.getState().conversations[0]?.state).toBe('delivered')
    },
  )

  test('its content is still there for a later page', async () => {
    const browser = fakeBrowser()
    browser.endpoint.always({ kind: 'foreign', status: 200 })
    const tab = browser.openTab()
    tab.start().trackMessage({ role: 'user', content: 'one' })
    await browser.advance(minute)
    await tab.close()
    browser.clock.jump(3_600_000)
    browser.endpoint.always(null)
    browser.openTab().start()
    await browser.advance(minute)

    expect(browser.endpoint.contents()).toEqual([['one']])
  })

  test('the console says once what was answered, from where, and what to do', async () => {
    const { log, advance, endpoint, errors } = fakePage()
    endpoint.always({ kind: 'foreign', status: 200 })
    log.trackMessage({ role: 'user', content: 'one' })
    await advance(10 * minute)

    const said = errors.filter((line) => line.includes('text/html'))
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/200.*\/conversations/s)
    expect(said[0]).toContain(endpointOptions.endpoint)
    expect(log.getState().sender.reason).toBe('foreign_answer')
  })

  test('of a redirect it says where to: that is asked without key and content', async () => {
    const { log, advance, endpoint, errors, network } = fakePage()
    endpoint.always({ kind: 'redirect', to: 'https://www.example.com/conversations' })
    log.trackMessage({ role: 'user', content: 'one' })
    await advance(minute)

    expect(errors.filter((line) => line.includes('redirects to https://www.example.com/conversations'))).toHaveLength(1)
    const asked = network.sent.filter(({ text }) => text === '')
    expect(asked.map(({ headers }) => headers)).toEqual([{}])
  })
})

describe('an answer that says enough before its end', () => {
  test('acknowledges, though it never ends', async () => {
    const { log, advance, endpoint } = fakePage()
    endpoint.always({ kind: 'stall' })
    log.trackMessage({ role: 'assistant', content: 'one' })
    await advance(10 * minute)

    expect(endpoint.requests).toHaveLength(1)
    expect(log.getState().conversations[0]?.state).toBe('delivered')
  })
})

describe('a 403 that is no problem document', () => {
  const firewall: Fault = { kind: 'foreign', status: 403, text: '<h1>Request blocked</h1>' }

  test('refuses that content alone: another conversation arrives, and the key is not blocked', async () => {
    const { log, advance, endpoint, errors } = fakePage()
    endpoint.next(firewall)
    log.trackMessage({ role: 'user', content: 'union select' })
    await advance(minute)
    expect(log.getState().conversations[0]?.state).toBe('refused')
    expect(errors.join()).toContain('403')

    log.startConversation()
    for (const content of ['one', 'two', 'three']) {
      log.trackMessage({ role: 'assistant', content })
      await advance(minute)
    }
    expect(endpoint.contents()).toEqual([['one', 'two', 'three']])
    expect(log.getState().sender.state).toBe('idle')
  })

  test('is tried again by the next page', async () => {
    const browser = fakeBrowser()
    browser.endpoint.next(firewall)
    const tab = browser.openTab()
    tab.start().trackMessage({ role: 'user', content: 'union select' })
    await browser.advance(minute)
    await tab.navigate()
    tab.start()
    await browser.advance(minute)

    expect(browser.endpoint.contents()).toEqual([['union select']])
  })

  test('speaks of the key where every conversation gets it', async () => {
    const { log, advance, endpoint } = fakePage()
    endpoint.always(firewall)
    for (const content of ['one', 'two', 'three', 'four']) {
      log.startConversation()
      log.trackMessage({ role: 'user', content })
      await advance(minute)
    }

    expect(log.getState().sender.state).toBe('blocked')
  })
})

test('a key that is blocked at one endpoint is tried at once at another', async () => {
  const browser = fakeBrowser()
  browser.endpoint.always({ kind: 'status', status: 401 })
  const tab = browser.openTab()
  const log = tab.start()
  log.trackMessage({ role: 'user', content: 'one' })
  await browser.advance(minute)
  expect(log.getState().sender.state).toBe('blocked')
  await tab.navigate()
  browser.endpoint.always(null)
  const next = tab.start({ endpoint: 'https://other.example.com/conversations' })
  await browser.advance(20 * second)

  expect(next.getState().sender.state).toBe('idle')
  expect(browser.endpoint.contents()).toEqual([['one']])
})

test('a 404 says that the path may be wrong', async () => {
  const { log, advance, endpoint, errors } = fakePage()
  endpoint.always({ kind: 'foreign', status: 404, text: 'Cannot POST /' })
  log.trackMessage({ role: 'user', content: 'one' })
  await advance(minute)

  expect(errors.join()).toMatch(/404.*end in \/conversations\?/)
})

test.each([400, 415])(
  'a body that is refused compressed with %i is sent plain, and so is every later one',
  async (status) => {
    const { log, advance, endpoint } = fakePage({ init: { server: 'chatlog' }, fetchLater: false })
    endpoint.always({ kind: 'no_gzip', status })
    const long = 'The same words again. '.repeat(200)
    log.trackMessage({ role: 'assistant', content: long })
    await advance(minute)
    log.trackMessage({ role: 'assistant', content: `${long} And more.` })
    await advance(minute)

    expect(endpoint.contents()).toEqual([[long, `${long} And more.`]])
    expect(endpoint.requests.map(({ headers }) => headers['content-encoding'])).toEqual(['gzip', undefined, undefined])
  },
)
