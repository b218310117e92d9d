// `npm test`: everything there is to check, cheapest first where order allows it, and one line of counts at the end.
// With --engines the promises in Firefox and WebKitGTK too, which have to be installed for it.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { runToEnd } from './child-process.js'
import { npm } from './npm.js'
import { hasWidgets } from './packages.js'

/**
 * @typedef {{ test: string, reason: string }} Failure the file and name of a test, and what its runner said of it
 * @typedef {{ passed: number, failed: number, skipped: number, failures?: readonly Failure[] }} Counts `failures` are
 *   there as far as the runner's report has them
 * @typedef {{ name: string, counts: Counts, seconds: number }} Result
 * @typedef {{ counts?: () => Counts, playwrightReport?: string, inBackground?: boolean, quiet?: boolean }} StepOptions
 *   `counts` reads the runner's report; `playwrightReport` is where Playwright's JSON report goes; `quiet` steps say what
 *   they have to say at their end, as those in the background do
 */

/** Lines that the summary has of why a test failed. */
const reasonLines = 12

/** Longest time for one step before it counts as failed, in milliseconds. */
const stepTimeoutMs = 1_500_000

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
// Stores, browser profiles and reports go into one folder, so that an interrupted run leaves nothing behind either.
const scratch = mkdtempSync(join(tmpdir(), 'chatlog-test-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }))

const unitReport = join(scratch, 'unit.json')
const projectReport = join(scratch, 'projects.json')
const browserReport = join(scratch, 'browser.json')
const widgetReport = join(scratch, 'widgets.json')
const faultReport = join(scratch, 'faults.json')
const engineReport = join(scratch, 'engines.json')

// The build comes first: the size test and the browser tests are about what it makes. It needs packages alone, which
// `pretest` has installed; what else the tests need is installed meanwhile.
const [build, isSetUp] = await Promise.all([step('build', ['build'], { quiet: true }), setUp()])
if (!isSetUp) process.exit(1)
const [computed, driven] = await Promise.all([computedSteps(), drivenSteps()])
const results = [build, ...computed, ...driven]
printSummary(results)

/** @returns whether everything is there; what isn't has been said */
async function setUp() {
  const { code } = await runToEnd(process.execPath, ['.ci/set-up.js', '--tests'])
  return code === 0
}

/**
 * What only computes. Browsers wait for a third of their time, so this is done then: it gives way to them, and each of
 * its steps says what it has to say at its end.
 */
async function computedSteps() {
  const inBackground = { inBackground: true }
  return [
    await step('types', ['typecheck'], inBackground),
    await step('lint', ['lint'], inBackground),
    await step('unit tests', ['test:unit', '--', ...unitReporters(unitReport)], {
      ...inBackground,
      counts: () => unitCounts(unitReport),
    }),
  ]
}

/** What drives browsers. */
async function drivenSteps() {
  return [
    await stepOnBuild('browser tests', ['test:e2e', '--', '--reporter=list,json'], countedBy(browserReport)),
    // Playwright and Vitest in projects that import the packed tarball: their browsers have the time that a user's have.
    await stepOnBuild('projects', ['test:projects', '--', ...unitReporters(projectReport)], {
      counts: () => unitCounts(projectReport),
    }),
    hasWidgets()
      ? await stepOnBuild('widgets', ['test:widgets', '--', '--reporter=list,json'], countedBy(widgetReport))
      : leftOut('widgets', 'npm could not install them'),
    // Three runs a row. The numbers that are published come from the long form, `npm run test:faults`.
    await stepOnBuild(
      'fault rows',
      ['test:faults', '--', '--short', '--workers', '5', '--json', faultReport],
      countedBy(faultReport),
    ),
    ...(process.argv.includes('--engines')
      ? [await stepOnBuild('engines', ['test:engines', '--', '--json', engineReport], countedBy(engineReport))]
      : []),
  ]
}

/**
 * Runs tests of what was built, if it was.
 *
 * @param {string} name
 * @param {readonly string[]} scriptAndArgs
 * @param {StepOptions} options
 * @returns {Promise<Result>}
 */
async function stepOnBuild(name, scriptAndArgs, options) {
  return build.counts.failed > 0 ? leftOut(name, 'there is no build to test') : step(name, scriptAndArgs, options)
}

/**
 * @param {string} report path that Playwright's JSON report goes to
 * @returns {StepOptions}
 */
function countedBy(report) {
  return { counts: () => browserCounts(report), playwrightReport: report }
}

/**
 * Runs one script of package.json. Without `counts` it counts as one check; with it there is one failure more when the
 * runner fails with no failed test to show for it.
 *
 * @param {string} name
 * @param {readonly string[]} scriptAndArgs
 * @param {StepOptions} [options]
 * @returns {Promise<Result>}
 */
async function step(name, scriptAndArgs, options = {}) {
  const { counts: readCounts, playwrightReport = '', inBackground = false, quiet = inBackground } = options
  if (!quiet) console.log(`\n── ${name}`)
  const startedAt = performance.now()
  const { code, output } = await runToEnd(...npm(['run', '--silent', ...scriptAndArgs]), {
    timeoutMs: stepTimeoutMs,
    env: { TMPDIR: scratch, TEMP: scratch, TMP: scratch, PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport },
    quiet,
    inBackground,
  })
  if (quiet) console.log(`\n── ${name}\n${output}`)
  if (code === 124) console.log(`chatlog: ${name}: ended after ${stepTimeoutMs / 1_000} s`)
  const counts = readCounts?.() ?? { passed: code === 0 ? 1 : 0, failed: 0, skipped: 0 }
  if (code !== 0 && counts.failed === 0) counts.failed = 1
  return { name, counts, seconds: (performance.now() - startedAt) / 1_000 }
}

/**
 * @param {string} name
 * @param {string} reason
 * @returns {Result}
 */
function leftOut(name, reason) {
  console.log(`\n── ${name}: left out, ${reason}`)
  return { name, counts: { passed: 0, failed: 0, skipped: 0 }, seconds: 0 }
}

/** @param {string} path where vitest's JSON report goes */
function unitReporters(path) {
  return ['--reporter=default', '--reporter=json', `--outputFile.json=${path}`]
}

/**
 * @param {string} path of vitest's JSON report
 * @returns {Counts}
 */
function unitCounts(path) {
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: 0 }
  const report = JSON.parse(readFileSync(path, 'utf8'))
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: report.testResults.flatMap(failedUnitTests),
  }
}

/**
 * @typedef {{ status: string, fullName: string, failureMessages: string[] }} UnitTest
 * @param {{ name: string, status: string, message: string, assertionResults: UnitTest[] }} file
 * @returns {Failure[]}
 */
function failedUnitTests({ name, status, message, assertionResults }) {
  const file = relative('.', name)
  const failed = assertionResults.filter((test) => test.status === 'failed')
  // A file that could not be loaded has no tests.
  if (failed.length === 0) return status === 'failed' ? [{ test: file, reason: message }] : []
  return failed.map((test) => ({ test: `${file}: ${test.fullName}`, reason: test.failureMessages.join('\n') }))
}

/**
 * @param {string} path of Playwright's JSON report
 * @returns {Counts}
 */
function browserCounts(path) {
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: 0 }
  const { stats, suites } = JSON.parse(readFileSync(path, 'utf8'))
  // Nothing is retried, so `flaky` is always 0; it would be a failure.
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
    failures: suites.flatMap(failedBrowserTests),
  }
}

/**
 * @typedef {{ results: { errors: { message?: string }[] }[] }} BrowserTest
 * @typedef {{ title: string, file: string, ok: boolean, tests: BrowserTest[] }} Spec
 * @typedef {{ specs?: Spec[], suites?: Suite[] }} Suite
 * @param {Suite} suite
 * @returns {Failure[]}
 */
function failedBrowserTests({ specs = [], suites = [] }) {
  const own = specs
    .filter(({ ok }) => !ok)
    .map(({ file, title, tests }) => ({
      test: `${file}: ${title}`,
      reason: tests
        .flatMap(({ results }) => results)
        .flatMap(({ errors }) => errors)
        .map(({ message }) => message)
        .join('\n'),
    }))
  return [...own, ...suites.flatMap(failedBrowserTests)]
}

/** @param {readonly Result[]} all */
function printSummary(all) {
  console.log()
  for (const { name, counts, seconds } of all) {
    console.log(`${name.padEnd(15)}${seconds.toFixed(0).padStart(4)} s   ${verdictOn(counts)}`)
  }
  // What a step printed may lie far up, or be cut by whoever keeps the output.
  for (const { name, counts } of all) {
    for (const { test, reason } of counts.failures ?? []) {
      console.log(`failed in ${name}: ${test}`)
      const lines = stripVTControlCharacters(reason)
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.includes('node_modules'))
      for (const line of lines.slice(0, reasonLines)) console.log(`    ${line}`)
    }
  }
  const passed = all.reduce((sum, { counts }) => sum + counts.passed, 0)
  const failed = all.reduce((sum, { counts }) => sum + counts.failed, 0)
  console.log(`\n${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}

/** @param {Counts} counts */
function verdictOn({ passed, failed, skipped }) {
  const ran = passed + failed
  if (ran === 0) return 'left out'
  const verdict = failed > 0 ? `${failed} of ${ran} failed` : `ok, ${ran} checked`
  return skipped > 0 ? `${verdict}, ${skipped} left out` : verdict
}
