// `npm run bench`, and after `--` the options below, for instance `--repetitions 3 --only start,record`.
import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'vite'
import { runToEnd } from '../../.ci/child-process.js'
import { findChromium } from '../../.ci/chromium.js'
import { factsOf, printFacts } from './facts.js'
import { measureAll } from './measure-all.js'
import { writeReport } from './report.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { values } = parseArgs({
  options: {
    repetitions: { type: 'string', default: '30' },
    // Some of size, start, record, long, memory, observe, wire: their numbers are printed, and no report is written.
    only: { type: 'string' },
    // A directory for the report and its plots.
    report: { type: 'string', default: resolve(root, 'docs/evidence') },
  },
})

process.chdir(root)
await findChromium()
for (const mode of ['iife', 'observe', 'core', 'lazy'])
  await mustRun(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--mode', mode])

// Its package has a module alone; its own script is bundled for each site by its service.
await build({
  configFile: false,
  publicDir: false,
  logLevel: 'error',
  build: {
    outDir: 'test-results/bench',
    lib: {
      entry: 'test/bench/node_modules/@plausible-analytics/tracker/plausible.js',
      name: 'plausible',
      formats: ['iife'],
      fileName: () => 'plausible.js',
    },
  },
})

const results = await measureAll(Number(values.repetitions), values.only?.split(','))
printFacts(factsOf(results))
mkdirSync('test-results', { recursive: true })
writeFileSync('test-results/bench.json', JSON.stringify(results))
if (!values.only) {
  // By its address, so that the project's type check doesn't ask for what only the benchmark installs.
  const { plotsOf } = await import(new URL('plots.js', import.meta.url).href)
  const all = /** @type {import('./measure-all.js').Results} */ (results)
  writeReport(all, plotsOf(all), values.report)
}

/**
 * @param {string} command
 * @param {string[]} args
 */
async function mustRun(command, args) {
  const { code, output } = await runToEnd(command, args, { quiet: true })
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} failed with ${code}: ${output}`)
}
