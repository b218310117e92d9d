import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runToEnd } from './child-process.js'
import { npm } from './npm.js'
import { step } from './progress.js'

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }} LockedPackage
 */

/**
 * Installs what a folder's `package-lock.json` names, when it isn't installed yet or another version of it is.
 *
 * @param {string} folder
 * @param {string} purpose what needs the packages, for the line that says that they are installed
 * @throws Error when npm fails; npm itself has said why
 */
export async function installPackages(folder, purpose) {
  if (packagesAreCurrent(folder)) return
  // NODE_ENV=production in the environment would leave out what builds the thing.
  const options = ['--include=dev', '--loglevel=error', '--no-audit', '--no-fund', '--prefer-offline']
  // Other people's widgets run as they are published.
  if (folder.endsWith('/widgets')) options.push('--ignore-scripts')
  const { code } = await step(`installing the packages that ${purpose} (npm ci)`, () =>
    runToEnd(...npm(['ci', '--prefix', folder, ...options])),
  )
  if (code !== 0) throw new Error(`npm ci failed with exit code ${code}: its reason is above`)
}

/** Folder of the widgets that are observed in tests: they are large, and nothing else needs them. */
const widgetsFolder = 'test/e2e/widgets'

/** Whether the widgets that are observed in tests are installed. */
export const hasWidgets = () => packagesAreCurrent(widgetsFolder)

/** Installs the widgets that are observed in tests. Where npm fails, their tests are left out. */
export async function installWidgets() {
  try {
    await installPackages(widgetsFolder, 'its tests observe')
  } catch (error) {
    console.log(`chatlog: the tests of widgets are left out: ${error}`)
  }
}

/**
 * Whether a folder's node_modules holds what its package-lock.json names. npm writes node_modules/.package-lock.json
 * last, so it is there only after an install that ran to its end, and `npm install` keeps it right too: no stamp of our
 * own could.
 *
 * @param {string} folder
 */
function packagesAreCurrent(folder) {
  const wanted = lockedPackages(join(folder, 'package-lock.json'))
  const installed = lockedPackages(join(folder, 'node_modules/.package-lock.json'))
  return (
    Object.entries(wanted).every(([path, wantedPackage]) => isSatisfied(wantedPackage, installed[path])) &&
    Object.keys(installed).every((path) => path in wanted)
  )
}

/**
 * @param {LockedPackage} wanted
 * @param {LockedPackage | undefined} installed
 */
function isSatisfied(wanted, installed) {
  // Packages for other platforms are in the lock file and never installed.
  if (installed === undefined) return Boolean(wanted.optional || wanted.devOptional)
  return installed.version === wanted.version && installed.integrity === wanted.integrity
}

/**
 * @param {string} path
 * @returns {Record<string, LockedPackage>} by folder; empty when there is no such file
 */
function lockedPackages(path) {
  if (!existsSync(path)) return {}
  const { '': _root, ...packages } = JSON.parse(readFileSync(path, 'utf8')).packages
  return packages
}
