import { chromium } from 'playwright'
import { chromiumPath } from '../../.ci/chromium.js'

/** @typedef {import('playwright').Browser} Browser */
/** @typedef {import('playwright').Page} Page */
/** @typedef {import('playwright').CDPSession} Session */
/** @typedef {import('./subjects.js').Subject} Subject */

/**
 * What a measurement needs: one browser, the pages' server and the other side of every library.
 *
 * @typedef {{ browser: Browser, pages: string, collector: Awaited<ReturnType<typeof import('./servers.js').startCollector>> }} Stand
 */

// Some libraries send nothing from a browser that says that a program drives it.
export const launchBrowser = () =>
  chromium.launch({ executablePath: chromiumPath(), args: ['--disable-blink-features=AutomationControlled'] })

/** @param {Browser} browser */
const visitorsAgent = (browser) =>
  `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${browser.version()} Safari/537.36`

/**
 * A page as a first visitor sees it: nothing cached, nothing stored, a process of its own.
 *
 * @param {Stand} stand
 */
export async function openPage({ browser, pages }) {
  const context = await browser.newContext({ userAgent: visitorsAgent(browser) })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  // The CPU time of the thread, not the time on the wall: what else this machine does stays out of it.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  await page.goto(`${pages}/`)
  return { page, session, close: () => context.close() }
}

/**
 * Loads a library by a script tag, and starts it as soon as it is there.
 *
 * @param {Page} page
 * @param {Subject} subject
 * @param {string} collector
 */
export const load = (page, { file, init, record }, collector) =>
  page.evaluate(`(async () => {
    globalThis.subject = { init: ${init}, record: ${record} }
    const script = document.createElement('script')
    script.src = '/${file}'
    await new Promise((resolve, reject) => {
      script.onload = resolve
      script.onerror = reject
      document.head.append(script)
    })
    script.remove()
    script.onload = script.onerror = null
    subject.init('${collector}')
  })()`)

/**
 * CPU time that the main thread has spent since the page was opened, in milliseconds.
 *
 * @param {Session} session
 */
export async function mainThreadMs(session) {
  const { metrics } = await session.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000
}

/** @param {number} ms */
export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Longest wait for a message to arrive, in milliseconds. */
const arrivalMs = 30_000

/**
 * @param {Stand['collector']} collector
 * @param {Subject} subject
 * @returns {Promise<void>} resolves once the request with a recorded message is answered
 */
export const messageReceived = (collector, { name, carriesMessage }) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no message of ${name} arrived`)), arrivalMs)
    const stop = collector.onReceived(({ text }) => {
      if (!carriesMessage(text)) return
      clearTimeout(timer)
      stop()
      resolve()
    })
  })
