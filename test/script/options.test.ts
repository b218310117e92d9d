import { expect, test } from 'vitest'
import { type InitOptions, resolveOptions } from '../../src/script/options.ts'

const given = { apiKey: 'web_key' }

test('what is left out has its default', () => {
  expect(resolveOptions(given)).toMatchObject({
    endpoint: 'https://api.analytics.inkeep.com/conversations',
    storeName: 'chatlog',
    cookies: true,
    maxWaitMs: 5_000,
    idleMinutes: 30,
    server: 'hosted',
  })
  expect(resolveOptions({ ...given, maxWaitMs: undefined } as unknown as InitOptions).maxWaitMs).toBe(5_000)
})

test.each<[string, unknown, string]>([
  ['apiKey', undefined, 'a WEB key'],
  ['apiKey', 'two words', 'a WEB key'],
  ['endpoint', '/conversations', 'an absolute http(s) URL'],
  ['endpoint', 'ftp://example.com', 'an absolute http(s) URL'],
  ['storeName', '', 'a text'],
  ['consent', 'yes', 'granted, denied or pending'],
  ['cookies', 'no', 'true or false'],
  ['cookieName', 'a b', 'of letters, digits'],
  ['beforeStore', {}, 'a function'],
  ['properties', [], 'an object'],
  ['properties', { text: 'x'.repeat(64_000) }, 'an object'],
  ['tags', ['a', 1], 'an array of texts'],
  ['server', 'ours', 'hosted or chatlog'],
  ['maxWaitMs', -1, 'from 0 to 60000'],
  ['maxWaitMs', Number.NaN, 'a number'],
  ['maxWaitMs', 60_001, 'from 0 to 60000'],
  ['idleMinutes', 0, 'from 0.01 to 1440'],
])('`%s`: %o is refused, and the error says what it must be', (name, value, remedy) => {
  expect(() => resolveOptions({ ...given, [name]: value } as InitOptions)).toThrow(`\`${name}\` must be `)
  expect(() => resolveOptions({ ...given, [name]: value } as InitOptions)).toThrow(remedy)
})

test('no options at all is the same clear error', () => {
  expect(() => resolveOptions(undefined as unknown as InitOptions)).toThrow('`apiKey` must be a WEB key')
})
