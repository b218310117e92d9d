import { load, openPage } from './browser.js'
import { chatlogSubject, marker, subjects } from './subjects.js'

/** Messages recorded one after another in one page; chatlog's page gets the many in every third repetition. */
const longCount = 1_000
const count = 60

const gapMs = 5

/** Messages recorded so far apart that each can also be left with the browser for the page's end. */
const apart = { count: 20, gapMs: 120 }

/**
 * Time of the call that records a message, in milliseconds: in the page, on the wall, since a call of microseconds is
 * shorter than what the thread's CPU clock can tell.
 *
 * @typedef {{ first: number, calls: number[], floor: number[] }} Calls `first`: of the page's first message, which is not
 *   among the others; `floor` took turns with them: one `JSON.stringify` and one committed IndexedDB put
 */

/**
 * One repetition.
 *
 * @param {import('./browser.js').Stand} stand
 * @param {number} turn
 */
export async function measureRecord(stand, turn) {
  /** @type {Record<string, Calls>} */
  const calls = {}
  for (const each of subjects) {
    const isLong = each === chatlogSubject && turn % 3 === 0
    calls[each.name] = await callsOf(stand, each, { count: isLong ? longCount : count, gapMs, fetchLater: false })
  }
  const armed = await callsOf(stand, chatlogSubject, { ...apart, fetchLater: true })
  const unarmed = await callsOf(stand, chatlogSubject, { ...apart, fetchLater: false })
  return { calls, armed: armed.calls, unarmed: unarmed.calls }
}

/**
 * @param {import('./browser.js').Stand} stand
 * @param {import('./subjects.js').Subject} library
 * @param {{ count: number, gapMs: number, fetchLater: boolean }} how without `fetchLater` a call is the same at every
 *   length: what leaving a message with the browser costs is measured apart
 */
async function callsOf(stand, library, { count, gapMs, fetchLater }) {
  const { page, close } = await openPage(stand)
  if (!fetchLater) await page.evaluate(() => Reflect.deleteProperty(globalThis, 'fetchLater'))
  await load(page, library, stand.collector.origin)
  const taken = await page.evaluate(recordInTurns, { count, gapMs, marker })
  await close()
  return taken
}

/**
 * Runs in the page.
 *
 * @param {{ count: number, gapMs: number, marker: string }} how
 * @returns {Promise<Calls>}
 */
async function recordInTurns({ count, gapMs, marker: text }) {
  /** @type {IDBDatabase} */
  const database = await new Promise((resolve, reject) => {
    const request = indexedDB.open('floor', 1)
    request.onupgradeneeded = () => request.result.createObjectStore('rows', { autoIncrement: true })
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  const putOne = (/** @type {object} */ message) => {
    const transaction = database.transaction('rows', 'readwrite', { durability: 'relaxed' })
    transaction.objectStore('rows').put({ json: JSON.stringify(message) })
    transaction.commit()
  }
  const timed = (/** @type {() => void} */ work) => {
    const before = performance.now()
    work()
    return performance.now() - before
  }
  /** @type {Calls} */
  const taken = { first: timed(() => subject.record({ role: 'user', content: text })), calls: [], floor: [] }
  for (let index = 0; index < count; index++) {
    const role = index % 2 ? /** @type {const} */ ('assistant') : /** @type {const} */ ('user')
    const message = { role, content: `${text} ${index} ${'word '.repeat(370)}` }
    const turns = [
      () => taken.floor.push(timed(() => putOne(message))),
      () => taken.calls.push(timed(() => subject.record(message))),
    ]
    for (const turn of index % 4 < 2 ? turns : turns.reverse()) {
      await new Promise((resolve) => setTimeout(resolve, gapMs))
      turn()
    }
  }
  database.close()
  return taken
}
