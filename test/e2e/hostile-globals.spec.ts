import type { Cookie, Page } from 'playwright/test'
import { expect, flush } from './fixtures.ts'
import { conversation, converse, hostilePage, openHostile, test } from './hostile-page.ts'
import type { TestCollector } from './test-collector.ts'

/** What a page does to what everybody shares, and still works by itself. */
const survived: [what: string, script: string][] = [
  ['adds texts to Object.prototype', `Object.prototype.polluted = 'yes'; Object.prototype.empty = ''`],
  [
    'gives arrays, texts and numbers a toJSON of its own',
    `for (const kind of [Array, String, Number, Boolean]) kind.prototype.toJSON = () => 'broken'`,
  ],
  [
    'adds methods to the prototypes of arrays, texts and functions',
    `for (const kind of [Array, String, Function, Map, Set]) kind.prototype.last = () => 'last'`,
  ],
  [
    'wraps fetch to log it',
    `{ const known = window.fetch; window.logged = []; window.fetch = (...given) => { logged.push(String(given[0])); return known(...given) } }`,
  ],
  [
    'wraps JSON.stringify and JSON.parse',
    `for (const name of ['stringify', 'parse']) { const known = JSON[name]; JSON[name] = (...given) => known(...given) }`,
  ],
  [
    'replaces Promise by a class of its own',
    `{ const Native = window.Promise; window.Promise = class Promise extends Native {} }`,
  ],
  [
    'replaces Promise by one that has but the oldest methods',
    `{ const Native = window.Promise
       window.Promise = function (executor) { return new Native(executor) }
       for (const name of ['resolve', 'reject', 'all', 'race']) window.Promise[name] = Native[name].bind(Native) }`,
  ],
  [
    'replaces Date by one that stands still, as test tools do',
    `{ const Native = window.Date; const at = Native.now()
       window.Date = class Date extends Native { constructor(...given) { super(...(given.length ? given : [at])) } static now() { return at } } }`,
  ],
  [
    'wraps setTimeout so that its ids are objects, as zone.js does under Node',
    `{ const [set, clear] = [window.setTimeout.bind(window), window.clearTimeout.bind(window)]
       window.setTimeout = (work, ms, ...given) => ({ id: set(work, ms, ...given) }); window.clearTimeout = (timer) => clear(timer?.id) }`,
  ],
  [
    'freezes what is shared',
    `for (const shared of [Object, Array, Function, String, Promise, Date, Map, Set, RegExp, Error, Event, EventTarget, Request, Response, Headers]) { Object.freeze(shared); Object.freeze(shared.prototype) }
     for (const shared of [JSON, Math, Reflect, navigator, location, document, localStorage.constructor, console, crypto]) try { Object.freeze(shared) } catch {}`,
  ],
  ['has no requestIdleCallback, as Safari', `delete window.requestIdleCallback`],
  [
    'has no BroadcastChannel, sendBeacon or fetchLater',
    `delete window.BroadcastChannel; delete Navigator.prototype.sendBeacon; delete window.fetchLater`,
  ],
  [
    'is an engine of 2020: what is newer is missing',
    `for (const [kind, names] of [
       [Array.prototype, 'at findLast findLastIndex toSorted toReversed toSpliced with group groupToMap'], [Array, 'fromAsync'],
       [String.prototype, 'at isWellFormed toWellFormed'], [Object, 'hasOwn groupBy'], [Map, 'groupBy'],
       [Promise, 'any try withResolvers'], [AbortSignal, 'any timeout'], [AbortSignal.prototype, 'throwIfAborted'],
       [Set.prototype, 'union intersection difference'], [Crypto.prototype, 'randomUUID'], [Response, 'json'],
       [Blob.prototype, 'bytes'], [Response.prototype, 'bytes'], [Element.prototype, 'checkVisibility'], [URL, 'canParse parse'],
       [Navigator.prototype, 'locks userAgentData'], [Iterator.prototype, 'map filter take drop flatMap reduce toArray forEach some every find'],
       [window, 'structuredClone WeakRef FinalizationRegistry AggregateError CompressionStream BroadcastChannel fetchLater reportError scheduler navigation'],
     ]) for (const name of names.split(' ')) delete kind[name]
     { const known = performance.measure; performance.measure = function (name, from) { if (typeof from === 'object') throw new SyntaxError('no mark'); return known.call(this, name, from) } }`,
  ],
  [
    'carries Prototype.js: Array.from and entries are its own, and lists have methods that are found by for-in',
    `Array.from = (list) => { if (!list) return []; if ('toArray' in Object(list)) return list.toArray()
       let length = list.length || 0; const all = new Array(length); while (length--) all[length] = list[length]; return all }
     { const lists = Array.prototype; const reverse = lists.reverse
       const each = function (work, context) { for (let index = 0; index < this.length; index++) if (index in this) work.call(context, this[index], index, this) }
       const collect = function (work = (item) => item, context) { const all = []; each.call(this, (item, index) => all.push(work.call(context, item, index, this))); return all }
       const findAll = function (test, context) { const all = []; each.call(this, (item, index) => { if (test.call(context, item, index, this)) all.push(item) }); return all }
       Object.assign(lists, { each, collect, map: collect, select: findAll, findAll, filter: findAll,
         toArray() { return [].concat(this) }, clone() { return [].concat(this) }, first() { return this[0] }, last() { return this[this.length - 1] },
         entries() { return this.toArray() }, size() { return this.length }, include(item) { return this.indexOf(item) !== -1 },
         _reverse: reverse, reverse(inline) { return (inline === false ? this.toArray() : this)._reverse() }, clear() { this.length = 0; return this },
         toJSON() { return '[' + this.map(String).join(', ') + ']' } })
       Object.assign(String.prototype, { toJSON() { return '"' + this + '"' }, strip() { return this.trim() }, include(text) { return this.includes(text) } })
       Number.prototype.toJSON = function () { return String(this) }
       Date.prototype.toJSON = function () { return '"' + this.toISOString() + '"' }
       Object.assign(Function.prototype, { curry() { return this }, delay() {}, defer() {}, wrap() { return this } })
       Object.values = (object) => { const all = []; for (const name in object) all.push(object[name]); return all } }`,
  ],
  [
    'carries MooTools: Array.from gives a list itself, and takes no function',
    `Array.from = (item) => item == null ? [] : Array.isArray(item) ? item : typeof item === 'object' && typeof item.length === 'number' ? Array.prototype.slice.call(item) : [item]
     Function.from = (item) => typeof item === 'function' ? item : () => item; String.from = (item) => item + ''; Number.from = (item) => Number(item)
     Object.assign(Array.prototype, { clean() { return this }, invoke() {}, associate() {}, append() { return this }, getLast() { return this[this.length - 1] }, include() { return this }, combine() { return this }, erase() { return this }, empty() { this.length = 0; return this }, pick() {} })
     Object.assign(Object, { each() {}, merge() {}, clone() {}, append() {}, map() {}, filter() {}, subset() {}, keyOf() {}, contains() {} })
     Date.prototype.toJSON = function () { return this.toISOString().slice(0, 10) }`,
  ],
  ['has no crypto.subtle', `delete Crypto.prototype.subtle`],
  ['silences the console', `for (const name of ['error', 'warn', 'debug', 'log']) console[name] = () => {}`],
]

/** A whole conversation is stored, by the visitor whom the cookie names, and the state says so. */
async function expectWhole(page: Page, collector: TestCollector, cookies: Cookie[]): Promise<void> {
  expect(await collector.transcripts()).toEqual(conversation)
  const [stored] = await collector.stored()
  expect(cookies.map(({ name }) => name)).toEqual(['chatlog_visitor'])
  expect(stored).toMatchObject({
    userProperties: { id: 'u7', identificationType: 'ID_PROVIDED', plan: 'pro' },
    properties: { chatlog: { visitorId: cookies[0]?.value } },
  })
  expect(JSON.stringify(stored)).toContain('"linkClicks":[{')
  expect(stored?.messages[0]?.properties).toMatchObject({ list: [1, [2]] })
  expect(await page.evaluate(() => window.chatlog.getState())).toMatchObject({
    storage: 'durable',
    sender: { state: 'idle' },
    conversations: [{ messages: 2, state: 'delivered' }],
    counts: { recorded: 2, delivered: 2, dropped: {} },
  })
}

for (const [what, script] of survived) {
  test(`a page that ${what} is recorded whole, by the visitor’s cookie`, async ({ page, site, collector, context }) => {
    await openHostile(page, site, collector, script)
    await converse(page)
    expect((await flush(page)).pending).toEqual([])

    await expectWhole(page, collector, await context.cookies())
  })
}

test('a page that does all of this after the script has loaded is recorded whole', async ({
  page,
  site,
  collector,
  context,
}) => {
  await openHostile(page, site, collector, '')
  // Both libraries would find what the page has frozen before them, and the test's own driver no list any more.
  const after = survived.filter(([what]) => !what.startsWith('carries'))
  for (const [, script] of after) await page.addScriptTag({ content: script })
  await converse(page)
  expect((await flush(page)).pending).toEqual([])

  await expectWhole(page, collector, await context.cookies())
})

test('a page that adds methods to Object.prototype is recorded whole, by a visitor of its own: no cookie can be written there', async ({
  page,
  site,
  collector,
  context,
}) => {
  await openHostile(page, site, collector, `Object.prototype.extend = function () { return this }`)
  await page.evaluate(() => window.chatlog.trackMessage({ role: 'user', content: 'How?' }))
  await flush(page)

  const [stored] = await collector.stored()
  const { visitor } = await page.evaluate(() => window.chatlog.getState())
  expect(stored).toMatchObject({ messages: [{ content: 'How?' }], userProperties: visitor })
  expect([visitor.identificationType, await context.cookies()]).toEqual(['ANONYMOUS', []])
})

test('a page that broke JSON before the script loads gets one console line and an instance that records nothing, and goes on', async ({
  page,
  site,
  collector,
}) => {
  const lines: string[] = []
  page.on('console', (message) => lines.push(message.text()))
  await page.goto(hostilePage(site, collector, `JSON.stringify = () => { throw new Error('mine') }`))
  await page.waitForLoadState('load')

  await expect.poll(() => lines).toEqual(['chatlog init: mine: nothing is recorded'])
  expect(await page.evaluate(() => window.chatlog.getState().problem)).toBe(lines[0])
  expect(collector.requests).toEqual([])
})

/**
 * What became of what was said: `stored` by this page; `later`: made good by the next page of the site; `lost`, with its
 * page, for there was neither a way out nor a place to keep it.
 */
type Outcome = 'stored' | 'later' | 'lost'

/**
 * What no script can work with, and what becomes of the messages where it is done before and after the load; `null`:
 * there is no instance then, or the test's own driver has no page any more.
 */
const broken: [what: string, script: string, before: Outcome | null, after: Outcome][] = [
  ['makes fetch throw', `window.fetch = () => { throw new Error('mine') }`, 'later', 'stored'],
  ['makes fetch return nothing', `window.fetch = () => {}`, 'later', 'stored'],
  ['makes fetch answer with what is no answer', `window.fetch = async () => ({})`, 'later', 'stored'],
  ['makes JSON.stringify throw', `JSON.stringify = () => { throw new Error('mine') }`, null, 'stored'],
  ['makes JSON.parse throw', `JSON.parse = () => { throw new Error('mine') }`, 'stored', 'stored'],
  ['has no Promise any more', `window.Promise = undefined`, null, 'stored'],
  ['makes Date give no dates', `window.Date = function () { return {} }; window.Date.now = () => NaN`, 'lost', 'lost'],
  ['makes timers never fire', `window.setTimeout = () => 0`, 'stored', 'stored'],
  ['makes timers throw', `window.setTimeout = () => { throw new Error('mine') }`, 'stored', 'stored'],
  ['has no indexedDB', `Object.defineProperty(window, 'indexedDB', { value: undefined })`, 'stored', 'stored'],
  ['makes indexedDB throw', `IDBFactory.prototype.open = () => { throw new Error('mine') }`, 'stored', 'stored'],
  ['makes locks throw', `LockManager.prototype.request = () => { throw new Error('mine') }`, 'stored', 'stored'],
  ['makes locks reject', `LockManager.prototype.request = async () => { throw new Error('mine') }`, 'stored', 'stored'],
  [
    'makes channels throw',
    `window.BroadcastChannel = class { constructor() { throw new Error('mine') } }`,
    'stored',
    'stored',
  ],
  [
    'makes channels refuse messages',
    `BroadcastChannel.prototype.postMessage = () => { throw new Error('mine') }`,
    'stored',
    'stored',
  ],
  [
    'makes storage throw',
    `Storage.prototype.getItem = Storage.prototype.setItem = () => { throw new Error('mine') }`,
    'stored',
    'stored',
  ],
  ['makes beacons throw', `Navigator.prototype.sendBeacon = () => { throw new Error('mine') }`, 'stored', 'stored'],
  [
    'makes the console throw',
    `console.error = console.warn = console.debug = () => { throw new Error('mine') }`,
    'stored',
    'stored',
  ],
]

/** Says two things and flushes, and tells what the page got out of it. Runs in the page, with what is left of it. */
const talk = () => {
  const log = window.chatlog
  const thrown: string[] = []
  const attempt = (work: () => unknown) => {
    try {
      return work()
    } catch (cause) {
      thrown.push(String(cause))
    }
  }
  attempt(() => log.trackMessage({ role: 'user', content: 'How?' }))
  attempt(() => log.trackMessage({ role: 'assistant', content: 'So.' }))
  const report = attempt(() => log.flush()) as ReturnType<typeof log.flush>
  return report.then(
    () => ({ thrown, rejected: false, state: log.getState() }),
    () => ({ thrown, rejected: true, state: log.getState() }),
  )
}

for (const [what, script, ...outcomes] of broken) {
  for (const [index, when] of ['before', 'after'].entries()) {
    const outcome = outcomes[index]
    if (!outcome) continue
    test(`a page that ${what} ${when} the load is never broken by it: what is said is ${outcome}, and getState tells the truth`, async ({
      page,
      site,
      collector,
    }) => {
      await openHostile(page, site, collector, when === 'before' ? script : '')
      if (when === 'after') await page.addScriptTag({ content: script })
      const { state, ...told } = await page.evaluate(talk)

      const isStored = outcome === 'stored'
      expect(told).toEqual({ thrown: [], rejected: false })
      expect(await collector.transcripts()).toEqual(isStored ? [said] : [])
      expect(state.counts.delivered).toBe(isStored ? 2 : 0)
      expect(state.counts.dropped).toEqual(outcome === 'lost' ? { invalid: 2 } : {})
      expect(state.conversations.every((one) => (one.state === 'delivered') === isStored)).toBe(true)

      await site.open(page, site.page('/next'))
      if (outcome === 'lost') expect(await collector.transcripts()).toEqual([])
      else await expect.poll(collector.transcripts).toEqual([said])
    })
  }
}

const said = ['user: How?', 'assistant: So.']
