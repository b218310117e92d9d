import { loadavg } from 'node:os'
import { launchBrowser } from './browser.js'
import { measureLong } from './measure-long.js'
import { measureMemory } from './measure-memory.js'
import { measureObserve } from './measure-observe.js'
import { measureRecord } from './measure-record.js'
import { measureSize } from './measure-size.js'
import { measureStart } from './measure-start.js'
import { measureWire } from './measure-wire.js'
import { startCollector, startPageServer } from './servers.js'

/**
 * Everything measured: of what is repeated a list, one entry a repetition.
 *
 * @typedef {{
 *   repetitions: number
 *   date: string
 *   browser: string
 *   load: number
 *   size: ReturnType<typeof measureSize>
 *   start: Awaited<ReturnType<typeof measureStart>>[]
 *   record: Awaited<ReturnType<typeof measureRecord>>[]
 *   long: import('./measure-long.js').LongConversation
 *   memory: import('./measure-memory.js').Memory[]
 *   observe: Awaited<ReturnType<typeof measureObserve>>[]
 *   wire: import('./measure-wire.js').Wire
 * }} Results
 */

/** @typedef {{ [Name in keyof Results]?: Results[Name] | undefined }} SomeResults */

/** Of what hardly differs, one in so many repetitions. */
const rareEvery = 10

/** A widget's own time differs by a twentieth from one page to the next, which is all that observing may add. */
const observeEvery = 3

/**
 * Measures everything, the libraries and what they are compared with in turns.
 *
 * @param {number} repetitions
 * @param {string[]} [only] some of the names of the results; the others are missing
 * @returns {Promise<SomeResults>}
 */
export async function measureAll(repetitions, only) {
  const pages = await startPageServer()
  const collector = await startCollector()
  const browser = await launchBrowser()
  const stand = { browser, pages: pages.origin, collector }
  /** @type {SomeResults} */
  const results = { repetitions, date: new Date().toISOString().slice(0, 10), browser: browser.version() }
  /**
   * @template Found
   * @param {string} name
   * @param {() => Found} measure
   * @returns {Promise<Awaited<Found> | undefined>} `undefined` where it isn't wanted
   */
  const measured = async (name, measure) => {
    if (only && !only.includes(name)) return undefined
    const startedAt = performance.now()
    const found = await measure()
    console.log(`${name}: ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`)
    return found
  }
  /** @template Found @param {Found[] | undefined} before @param {Found | undefined} found */
  const added = (before = [], found) => (found === undefined ? before : [...before, found])
  try {
    results.size = await measured('size', measureSize)
    results.wire = await measured('wire', measureWire)
    for (let turn = 0; turn < repetitions; turn++) {
      console.log(`repetition ${turn + 1} of ${repetitions}`)
      results.start = added(results.start, await measured('start', () => measureStart(stand)))
      results.record = added(results.record, await measured('record', () => measureRecord(stand, turn)))
      if (turn % rareEvery === 0) {
        results.memory = added(results.memory, await measured('memory', () => measureMemory(stand)))
      }
      if (turn % observeEvery === 0) {
        results.observe = added(results.observe, await measured('observe', () => measureObserve(stand)))
      }
    }
    // Beside its own pages: what else the machine had to do.
    results.load = loadavg()[0]
    results.long = await measured('long', () => measureLong(stand, repetitions))
  } finally {
    await browser.close()
    await Promise.all([pages.close(), collector.close()])
  }
  return results
}
