import { load, mainThreadMs, openPage, wait } from './browser.js'
import { chatlogSubject } from './subjects.js'
import { longestTaskMs, traced } from './trace.js'

/** 1,000 messages, 1.9 MB. */
const messageCount = 1_000
const messageBytes = 1_900

/** How long after the answer what is still done belongs to the message, in milliseconds. */
const settleMs = 300

/** How many messages are traced for the longest task, at each speed of the processor. */
const tracedCount = 3

/**
 * Main-thread CPU, in milliseconds, of one more message in a long conversation until it is acknowledged: by chatlog, and
 * by the naive way.
 *
 * @typedef {{ chatlog: number[], naive: number[], longestTask: Record<'sending' | 'resuming', { full: number, throttled: number }> }} LongConversation
 *   `longestTask`: CPU milliseconds with the full speed of the processor, and with a quarter of it
 */

/**
 * @param {import('./browser.js').Stand} stand
 * @param {number} repetitions
 * @returns {Promise<LongConversation>}
 */
export async function measureLong(stand, repetitions) {
  const { page, session, close } = await openPage(stand)
  await load(page, chatlogSubject, stand.collector.origin)
  await page.evaluate(fill, { count: messageCount, bytes: messageBytes })
  /** @param {() => Promise<unknown>} work */
  const costOf = async (work) => {
    const before = await mainThreadMs(session)
    await work()
    await wait(settleMs)
    return (await mainThreadMs(session)) - before
  }
  /** @type {number[][]} */
  const [chatlog, naive, idle] = [[], [], []]
  const url = `${stand.collector.origin}/naive`
  for (let turn = 0; turn < repetitions; turn++) {
    idle?.push(await costOf(() => page.evaluate(async () => {})))
    chatlog?.push(await costOf(() => page.evaluate(recordAndFlush, turn)))
    naive?.push(await costOf(() => page.evaluate(sendNaively, { url, turn })))
  }
  const idleMs = (idle ?? []).reduce((sum, ms) => sum + ms, 0) / repetitions
  const without = (/** @type {number[] | undefined} */ costs) => (costs ?? []).map((ms) => ms - idleMs)

  const longestTask = {
    sending: await atBothSpeeds(session, () =>
      traced(stand.browser, page, async () => {
        for (let turn = 0; turn < tracedCount; turn++) await page.evaluate(recordAndFlush, turn)
      }),
    ),
    resuming: await atBothSpeeds(session, async () => {
      await page.reload()
      return traced(stand.browser, page, async () => {
        await load(page, chatlogSubject, stand.collector.origin)
        await page.evaluate(recordAndFlush, 0)
      })
    }),
  }
  await close()
  return { chatlog: without(chatlog), naive: without(naive), longestTask }
}

/**
 * @param {import('playwright').CDPSession} session
 * @param {() => Promise<import('./trace.js').TraceEvent[]>} trace
 */
async function atBothSpeeds(session, trace) {
  const full = longestTaskMs(await trace())
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  const throttled = longestTaskMs(await trace())
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  return { full, throttled }
}

/**
 * Runs in the page.
 *
 * @param {{ count: number, bytes: number }} how
 */
async function fill({ count, bytes }) {
  /** @type {{ id: string, role: string, content: string, createdAt: string }[]} */
  const said = []
  Object.assign(globalThis, { said })
  for (let index = 0; index < count; index++) {
    const role = index % 2 ? /** @type {const} */ ('assistant') : /** @type {const} */ ('user')
    const content = `${index} ${'said again '.repeat(bytes)}`.slice(0, bytes - 170)
    said.push({ id: String(index), role, content, createdAt: new Date().toISOString() })
    chatlog.trackMessage({ role, content })
    // As little at once as a page would give at most.
    if (index % 10 === 9) await new Promise((resolve) => setTimeout(resolve))
  }
  await chatlog.flush()
}

/** Runs in the page. @param {number} turn */
async function recordAndFlush(turn) {
  chatlog.trackMessage({ role: 'assistant', content: `${turn} ${'said again '.repeat(155)}` })
  await chatlog.flush()
}

/**
 * Runs in the page.
 *
 * @param {{ url: string, turn: number }} where
 */
async function sendNaively({ url, turn }) {
  const { said } = /** @type {{ said: object[] }} */ (/** @type {unknown} */ (globalThis))
  said.push({ id: `naive ${turn}`, role: 'assistant', content: `${turn} ${'said again '.repeat(155)}` })
  const body = JSON.stringify({ id: 'conversation', type: 'openai', messages: said })
  if (new TextEncoder().encode(body).length > 3_000_000) throw new Error('more than was meant')
  const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  await response.arrayBuffer()
}
