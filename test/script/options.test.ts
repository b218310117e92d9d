import { expect, test } from 'vitest'
import { type InitOptions, resolveOptions } from '../../src/script/options.ts'

test('no options at all is the same clear error', () => {
  expect(() => resolveOptions(undefined as unknown as InitOptions)).toThrow('`apiKey` must be a WEB key')
})

const resolved = (given: Record<string, unknown>) => resolveOptions({ apiKey: 'KEY', ...given } as InitOptions)

test('every default is the one that docs/reference.md states', () => {
  expect(resolveOptions({ apiKey: 'KEY' })).toEqual({
    apiKey: 'KEY',
    endpoint: 'https://api.analytics.inkeep.com/conversations',
    storeName: 'chatlog',
    cookies: true,
    cookieName: 'chatlog_visitor',
    partitioned: false,
    doNotTrack: false,
    privacy: 'full',
    captureLinks: true,
    properties: {},
    tags: [],
    server: 'hosted',
    maxWaitMs: 5_000,
    idleMinutes: 30,
    debug: false,
  })
})

test.each<[string, unknown[]]>([
  ['apiKey', ['a', 'WEB_KEY-1.~!']],
  ['endpoint', ['https://a', 'http://127.0.0.1:8081/conversations']],
  ['storeName', ['x', 'two words']],
  ['userId', ['u', '7', 7, '', null]],
  ['consent', ['granted', 'denied', 'pending']],
  ['cookies', [true, false]],
  ['cookieName', ['a', 'a.b_c-1']],
  ['cookieDomain', ['example.com']],
  ['partitioned', [true, false]],
  ['doNotTrack', [true, false]],
  ['privacy', ['full']],
  ['beforeStore', [() => null]],
  ['captureLinks', [true, false]],
  ['properties', [{}, { plan: 'pro', nested: { list: [1] } }, { text: 'x'.repeat(63_000) }]],
  ['tags', [[], ['one'], ['one', 'two, and "three"'], ['', '\\']]],
  ['server', ['hosted', 'chatlog']],
  ['maxWaitMs', [0, 60_000, 1.5]],
  ['idleMinutes', [0.01, 1_440]],
  ['debug', [true, false]],
])('%s may be %j', (name, values) => {
  for (const value of values) expect(resolved({ [name]: value })).toHaveProperty(name, value)
})

test.each<[string, string, unknown[]]>([
  [
    'apiKey',
    'a WEB key, never an API key, which opens every conversation',
    [undefined, '', 'two words', ' KEY', 'KEY ', 'ключ', null, 7, 'api_k1_secret'],
  ],
  ['endpoint', 'an absolute http(s) URL', ['', '/conversations', 'https:///x', 'ftp://a', 'see http://a', 7]],
  ['storeName', 'a text', ['', null, 7, {}]],
  ['userId', 'a text or a number', [{}, true]],
  ['consent', 'granted, denied or pending', ['', 'yes', 'ungranted', 'granted!', 'not denied', true]],
  ['cookies', 'true or false', ['true', 1, null]],
  ['cookieName', 'of letters, digits and ._-', ['', 'a b', ' a', 'a;', 'é', 7]],
  ['cookieDomain', 'a text', ['', 7]],
  ['partitioned', 'true or false', ['false', 0]],
  ['doNotTrack', 'true or false', ['1', {}]],
  [
    'privacy',
    "full; for redacted or metadata load chatlog-observe.js, or import from 'chatlog/observe'",
    ['', 'redacted', 'fuller', 'not full', true],
  ],
  ['beforeStore', 'a function', [true, 'function', {}]],
  ['captureLinks', 'true or false', ['boolean', null]],
  ['properties', 'an object', [[], 'object:{', null, 7, { text: 'x'.repeat(64_000) }]],
  ['tags', 'an array of texts', ['one', {}, [1], [null], [['a']], ['a', 1], null]],
  ['server', 'hosted or chatlog', ['', 'other', 'self-hosted', 'chatlogs', true]],
  ['maxWaitMs', 'a number from 0 to 60000', [-1, 60_001, Number.NaN, '5', true, null]],
  ['idleMinutes', 'a number from 0.01 to 1440', [0, 0.001, 1_441, '30', 'number:5']],
  ['debug', 'true or false', ['yes', 1]],
])('%s must be %s, and says so of %j', (name, words, values) => {
  for (const value of values) {
    const line = `chatlog init: \`${name}\` must be ${words}, got ${typeof value}:`
    expect(() => resolved({ [name]: value }), String(value)).toThrow(line)
  }
})

test('a value that is too long is shown as far as 200 characters', () => {
  const message = (() => {
    try {
      resolved({ consent: 'x'.repeat(1_000) })
    } catch (error) {
      return (error as Error).message
    }
    return ''
  })()

  expect(message).toMatch(/, got string:x+$/)
  expect(message.split('got ')[1]).toHaveLength(200)
})

test('what is given as undefined has its default', () => {
  expect(resolved({ server: undefined, tags: undefined })).toMatchObject({ server: 'hosted', tags: [] })
  expect(resolved({ userId: undefined })).not.toHaveProperty('userId')
})

test('a key that is refused isn’t repeated whole', () => {
  expect(() => resolved({ apiKey: 'api_k1_secretsecret' })).toThrow(/got string:api_$/)
})
