import { expect, test } from 'vitest'
import { explain, explainAbsence } from '../../src/debug/explain.ts'
import type { State } from '../../src/script/chatlog.ts'

const well: State = {
  waitsFor: null,
  problem: null,
  endpoint: 'https://collector.example.com/conversations',
  keyId: 'k1',
  version: '0.1.0',
  storedAt: '2026-11-30T08:00:00.000Z',
  visitor: { id: 'v', identificationType: 'COOKIED' },
  consent: 'granted',
  storage: 'durable',
  conversations: [],
  sender: { state: 'idle', reason: null, retryAt: null, flushReason: null },
  counts: { recorded: 0, delivered: 0, dropped: {} },
}

test('when all is well there is nothing to say', () => {
  expect(explain(well, [])).toEqual([])
})

test.each<[string, Partial<State>, RegExp]>([
  ['a blocked key', { sender: { state: 'blocked', reason: '403', retryAt: null, flushReason: null } }, /403.*WEB key/],
  [
    'no answer ever',
    { sender: { state: 'unreachable', reason: null, retryAt: null, flushReason: null } },
    /ad blocker.*Content Security/,
  ],
  [
    'a failed request',
    { sender: { state: 'waiting', reason: '503', retryAt: '12:00', flushReason: null } },
    /503.*chatlog tries again at 12:00/,
  ],
  ['pending consent', { consent: 'pending' }, /setConsent/],
  ['denied consent', { consent: 'denied' }, /Global Privacy Control/],
  ['storage that fails', { storage: 'memory' }, /as long as this page/],
  ['a visitor without cookie', { visitor: { id: 'v', identificationType: 'ANONYMOUS' } }, /partitioned/],
  [
    'a dropped message',
    { counts: { ...well.counts, dropped: { too_large: 2 } } },
    /dropped 2 messages: too_large.*2,000,000/,
  ],
])('%s is said with what to do', (_name, changed, words) => {
  const [finding] = explain({ ...well, ...changed }, [])

  expect(`${finding?.what} ${finding?.toDo}`).toMatch(words)
})

test('a refused conversation is said with the server’s own words, before everything less pressing', () => {
  const conversation = { id: 'c1', externalId: null, messages: 1, bytes: 9, parts: 1, state: 'refused' as const }
  const refusal = { conversationId: 'c1', status: 422, detail: 'messages[0].role: no' }

  const findings = explain({ ...well, storage: 'memory', conversations: [conversation] }, [refusal])

  expect(findings.map(({ level }) => level)).toEqual(['error', 'warning'])
  expect(findings[0]?.what).toContain('(422): messages[0].role: no')
})

test('a page without the script is told apart from one whose script has not started', () => {
  expect(explainAbsence(false, null).what).toContain('no chatlog')
  expect(explainAbsence(true, null).what).toContain('queues calls')
})

test('wrong options come first, and their remedy', () => {
  const problem = 'chatlog init: `endpoint` must be an absolute http(s) URL, got string:x: nothing is recorded'

  expect(explain({ ...well, waitsFor: 'options', problem, consent: 'pending' }, [])[0]).toMatchObject({ what: problem })
})

test('a page that has recorded nothing hears what is missing', () => {
  expect(explain({ ...well, waitsFor: 'message' }, [])).toMatchObject([
    { level: 'warning', what: 'This page has recorded nothing yet.', toDo: expect.stringContaining('trackMessage') },
  ])
})

test.each<[string, Parameters<typeof explainAbsence>[1], RegExp]>([
  ['no tag', null, /Put the tag/],
  ['a tag that was answered 404', { src: '/chatlog.js', hasKey: true, status: 404 }, /answered 404 for \/chatlog\.js/],
  ['a tag that was blocked', { src: '/chatlog.js', hasKey: true, status: null }, /script-src/],
  ['a tag without a key', { src: '/chatlog.js', hasKey: false, status: 200 }, /data-api-key/],
  ['a tag whose file is another', { src: '/chatlog.js', hasKey: true, status: 200 }, /integrity/],
])('where there is no instance, %s is told apart', (_what, tag, remedy) => {
  expect(explainAbsence(true, tag).toDo).toMatch(remedy)
})
