// Makes a bare clone ready: `prestart`, with --packages `pretest`, with --tests the beginning of `npm test`, and with
// --engines `pretest:engines`. Runs before anything is installed, so it uses nothing but Node's own modules.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { findChromium } from './chromium.js'
import { findEngines } from './engines.js'
import { installPackages, installWidgets } from './packages.js'
import { findPostgres } from './postgres.js'

const onlyPackages = process.argv.includes('--packages')
const forTests = process.argv.includes('--tests')
const forEngines = process.argv.includes('--engines')

try {
  process.chdir(fileURLToPath(new URL('..', import.meta.url)))
  checkNodeVersion()
  await installPackages('.', 'it builds and tests with')
  // Packages and browsers come from different places: side by side, but one at a time from each.
  if (!onlyPackages) await Promise.all([installOtherPackages(), findPrograms()])
} catch (error) {
  console.error(`chatlog: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}

async function installOtherPackages() {
  await installPackages('demo/widgets', 'its widget demos show')
  if (forTests || forEngines) await installPackages('test/engines', 'drive Firefox and WebKitGTK')
  if (forTests) await installWidgets()
}

async function findPrograms() {
  if (forTests || forEngines) await findChromium()
  if (forTests) await findPostgres()
  if (forEngines) await findEngines()
}

function checkNodeVersion() {
  const wanted = JSON.parse(readFileSync('package.json', 'utf8')).engines.node.replace('>=', '')
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number)
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return
  throw new Error(`needs Node ${wanted} or newer, this is ${process.versions.node}: see https://nodejs.org/en/download`)
}
