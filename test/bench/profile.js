// `npm run bench:profile`: where the time of the benchmark's steps goes, function by function, as Chromium's profiler
// sees it. Writes docs/evidence/performance-profile.md.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { findChromium } from '../../.ci/chromium.js'
import { launchBrowser, load, messageReceived, openPage, wait } from './browser.js'
import { startCollector, startPageServer } from './servers.js'
import { chatlogSubject, marker } from './subjects.js'

/** @typedef {import('./browser.js').Stand} Stand */
/** @typedef {{ functionName: string, url: string }} Frame */
/** @typedef {Map<string, number>} Times milliseconds by the name of a function */

const root = fileURLToPath(new URL('../..', import.meta.url))
/** The script with its functions' names, which the built one hasn't. It takes a little longer for that. */
const subject = { ...chatlogSubject, file: 'test-results/profile/chatlog.js' }
const pages = 40
const shown = 14
/** Between two samples, in microseconds. */
const samplingInterval = 50

process.chdir(root)
await findChromium()
await build({
  mode: 'iife',
  logLevel: 'error',
  build: { minify: false, outDir: 'test-results/profile', emptyOutDir: true },
})

const servers = await Promise.all([startPageServer(), startCollector()])
const [{ origin }, collector] = servers
const browser = await launchBrowser()
const stand = { browser, pages: origin, collector }

/** What is profiled, and what has gone before in the page. @type {Record<string, (stand: Stand) => Promise<Times>>} */
const steps = {
  'load, evaluation and `init`': (stand) =>
    profiled(
      stand,
      async () => {},
      (page) => load(page, subject, collector.origin),
    ),
  'the first call of a page': (stand) => profiled(stand, loaded, (page) => page.evaluate(say, marker)),
  'the first message of a visit until it is acknowledged': (stand) =>
    profiled(stand, loaded, (page) => acknowledged(page)),
  'a later message until it is acknowledged': (stand) =>
    profiled(
      stand,
      async (page) => {
        await loaded(page)
        await acknowledged(page)
      },
      (page) => acknowledged(page),
    ),
}

/** @type {[string, Times][]} */
const found = []
for (const [name, step] of Object.entries(steps)) {
  /** @type {Times} */
  const sums = new Map()
  for (let index = 0; index < pages; index++) {
    for (const [frame, ms] of await step(stand)) sums.set(frame, (sums.get(frame) ?? 0) + ms / pages)
  }
  found.push([name, sums])
  console.log(`${name}: ${totalOf(sums).toFixed(2)} ms`)
}
await browser.close()
for (const server of servers) await server.close()
writeFileSync(resolve(root, 'docs/evidence/performance-profile.md'), report())

/** @param {import('playwright').Page} page */
async function loaded(page) {
  await load(page, subject, collector.origin)
  await wait(300)
}

/** Runs in the page. @param {string} content */
function say(content) {
  chatlog.trackMessage({ role: 'assistant', content })
}

/** @param {import('playwright').Page} page */
async function acknowledged(page) {
  const received = messageReceived(collector, subject)
  await page.evaluate(say, `${marker} ${Math.random()}`)
  await page.evaluate(() => chatlog.flush())
  await received
  await wait(200)
}

/**
 * Self times of functions while a step runs in a page of its own.
 *
 * @param {Stand} stand
 * @param {(page: import('playwright').Page) => Promise<unknown>} prepare
 * @param {(page: import('playwright').Page) => Promise<unknown>} step
 * @returns {Promise<Times>}
 */
async function profiled(stand, prepare, step) {
  const { page, session, close } = await openPage(stand)
  await prepare(page)
  await session.send('Profiler.enable')
  await session.send('Profiler.setSamplingInterval', { interval: samplingInterval })
  await session.send('Profiler.start')
  await step(page)
  const { profile } = await session.send('Profiler.stop')
  await close()
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  /** @type {Times} */
  const times = new Map()
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const name = names.get(id) ?? ''
    times.set(name, (times.get(name) ?? 0) + (profile.timeDeltas?.[index] ?? 0) / 1_000)
  }
  return times
}

/** @param {Frame} frame */
function nameOf({ functionName, url }) {
  if (url.endsWith('chatlog.js')) return `\`${functionName || '(anonymous)'}\``
  if (functionName.startsWith('(')) return functionName
  // Functions of the browser have no address; what else has one is the benchmark's own.
  return url === '' && functionName ? `browser: \`${functionName}\`` : '(the benchmark)'
}

/** @param {Times} times */
function countedOf(times) {
  return [...times].filter(([name]) => !['(idle)', '(root)', '(the benchmark)'].includes(name))
}

/** @param {Times} times */
function totalOf(times) {
  return countedOf(times).reduce((sum, [, ms]) => sum + ms, 0)
}

function report() {
  const tables = found.map(([name, times]) => {
    const rows = countedOf(times)
      .toSorted(([, one], [, other]) => other - one)
      .slice(0, shown)
      .map(([frame, ms]) => `| ${frame} | ${ms.toFixed(3)} | ${((100 * ms) / totalOf(times)).toFixed(0)} |`)
    return `## ${name[0]?.toUpperCase()}${name.slice(1)}

${totalOf(times).toFixed(2)} ms in all.

| function | ms | % |
| -------- | -- | - |
${rows.join('\n')}`
  })
  return `# Where the time goes

After reading this page you can say which functions of chatlog and of the browser take the time of
[the benchmark](performance.md)'s steps.

Written by \`npm run bench:profile\` on ${new Date().toISOString().slice(0, 10)}, in Chromium ${browser.version()}. Each step ran in ${pages} fresh pages,
under the browser's profiler with a sample every ${samplingInterval} microseconds, which slows it. The times are those that a function
takes itself, per page. \`browser:\` are functions of the browser, called by chatlog. \`(program)\` is what the browser does outside of
scripts: parsing and compiling, network, IndexedDB and events. What the benchmark itself and its driver do is left out.

${tables.join('\n\n')}
`
}
