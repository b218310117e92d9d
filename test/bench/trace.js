/** @typedef {{ name: string, ph: string, pid: number, tid: number, ts: number, dur?: number, tdur?: number, args: any }} TraceEvent */

const categories = ['toplevel', 'devtools.timeline', 'v8', 'disabled-by-default-devtools.timeline']

/**
 * Traces a page while `work` runs.
 *
 * @param {import('playwright').Browser} browser
 * @param {import('playwright').Page} page
 * @param {() => Promise<unknown>} work
 * @returns {Promise<TraceEvent[]>} of the main threads of pages
 */
export async function traced(browser, page, work) {
  await browser.startTracing(page, { categories })
  await work()
  const { traceEvents } = /** @type {{ traceEvents: TraceEvent[] }} */ (JSON.parse(`${await browser.stopTracing()}`))
  const mainThreads = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
  const isOnMain = new Set(mainThreads.map(({ pid, tid }) => `${pid} ${tid}`))
  return traceEvents.filter(({ pid, tid }) => isOnMain.has(`${pid} ${tid}`))
}

/**
 * CPU time of the longest task, in milliseconds.
 *
 * @param {readonly TraceEvent[]} events
 */
export const longestTaskMs = (events) =>
  Math.max(0, ...events.filter(({ name }) => name === 'RunTask').map(({ tdur = 0 }) => tdur / 1_000))

/**
 * Layouts and style calculations that a script asked for before the browser would have done them.
 *
 * @param {readonly TraceEvent[]} events
 * @param {string} file
 */
export const forcedLayouts = (events, file) =>
  events.filter(
    ({ name, args }) =>
      (name === 'Layout' || name === 'UpdateLayoutTree') &&
      (args.beginData?.stackTrace ?? []).some((/** @type {{ url?: string }} */ { url }) => url?.includes(file)),
  ).length
