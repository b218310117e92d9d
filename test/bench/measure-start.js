import { load, mainThreadMs, messageReceived, openPage, wait } from './browser.js'
import { marker, nothing, subjects } from './subjects.js'

/** How long after `init` what a library does belongs to its start, in milliseconds. */
const startMs = 1_000

/** How long after the answer what a library does belongs to the message, in milliseconds. */
const settleMs = 300

/**
 * Main-thread CPU, in milliseconds, of one library in one page: until `init` returned, with all that it does in the
 * second after that, of the first message until it is acknowledged, and of a later one.
 *
 * @typedef {{ init: number, start: number, first: number, later: number }} Costs
 */

/**
 * One repetition: every library once, each in a page of its own, less what the same steps cost without a library.
 *
 * @param {import('./browser.js').Stand} stand
 * @returns {Promise<Record<string, Costs>>} by name of the library
 */
export async function measureStart(stand) {
  const control = await costsOf(stand, nothing)
  /** @type {Record<string, Costs>} */
  const costs = {}
  for (const subject of subjects) {
    const { init, start, first, later } = await costsOf(stand, subject)
    costs[subject.name] = {
      init: init - control.init,
      start: start - control.start,
      first: first - control.first,
      later: later - control.later,
    }
  }
  return costs
}

/**
 * @param {import('./browser.js').Stand} stand
 * @param {import('./subjects.js').Subject} library
 * @returns {Promise<Costs>}
 */
async function costsOf(stand, library) {
  const { page, session, close } = await openPage(stand)
  const opened = await mainThreadMs(session)
  await load(page, library, stand.collector.origin)
  const initialised = await mainThreadMs(session)
  await wait(startMs)
  const started = await mainThreadMs(session)
  const message = { role: /** @type {const} */ ('assistant'), content: `${marker} ${'word '.repeat(200)}` }
  const recordOne = async () => {
    const before = await mainThreadMs(session)
    const arrival = library === nothing ? wait(startMs) : messageReceived(stand.collector, library)
    await page.evaluate((given) => subject.record(given), message)
    await arrival
    await wait(settleMs)
    return (await mainThreadMs(session)) - before
  }
  const first = await recordOne()
  const later = await recordOne()
  await close()
  return { init: initialised - opened, start: started - opened, first, later }
}
