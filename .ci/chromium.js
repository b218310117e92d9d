import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { aptInstall } from './apt.js'
import { runToEnd } from './child-process.js'

/** Hold the paths of what was found last; npm ci removes them together with everything else in there. */
const memoPath = inNodeModules('.chatlog-chromium')
const shellMemoPath = inNodeModules('.chatlog-headless-shell')

/** @param {string} name */
function inNodeModules(name) {
  return fileURLToPath(new URL(`../node_modules/${name}`, import.meta.url))
}

/**
 * Path of a whole Chromium: `CHATLOG_CHROMIUM`, else the one that the set-up found.
 *
 * @throws Error when the set-up hasn't run
 */
export function chromiumPath() {
  const path = process.env.CHATLOG_CHROMIUM || remembered(memoPath)
  if (path) return path
  throw new Error('no Chromium is known yet: run `node .ci/set-up.js --tests` once, or set CHATLOG_CHROMIUM')
}

/**
 * Path of Chromium's headless shell, which is the browser without its window: what most browser tests drive, since a
 * page costs it a third (docs/decisions/headless-shell.md). `CHATLOG_CHROMIUM` is used instead where it is set, and a
 * whole Chromium where there is no shell.
 *
 * @throws Error when the set-up hasn't run
 */
export function headlessShellPath() {
  return process.env.CHATLOG_CHROMIUM || remembered(shellMemoPath) || chromiumPath()
}

/** @param {string} memo */
function remembered(memo) {
  const path = existsSync(memo) ? readFileSync(memo, 'utf8') : ''
  return existsSync(path) ? path : ''
}

/**
 * Finds a whole Chromium that starts and its headless shell, and remembers both: `CHATLOG_CHROMIUM`, the system's,
 * Playwright's; else installs Playwright's, else the distribution's. There may be no headless shell.
 *
 * @throws Error that says what to install, when there is no whole one
 */
export async function findChromium() {
  const given = process.env.CHATLOG_CHROMIUM
  if (given) {
    if (await starts(given)) return
    throw new Error(`CHATLOG_CHROMIUM is ${given}, which doesn't start: correct or unset it`)
  }
  let found = await lookForRest({ whole: remembered(memoPath) || null, shell: remembered(shellMemoPath) || null })
  if (!found.whole || !found.shell) found = await installFromPlaywright(found)
  if (!found.whole || !found.shell) found = await installFromDistribution(found)
  if (!found.whole) {
    throw new Error(
      'the browser tests need Chromium: none was found, and neither Playwright nor the system could install one. ' +
        'Install Chromium or Chrome, or set CHATLOG_CHROMIUM to the path of one.',
    )
  }
  if (!found.shell) console.log("chatlog: no headless shell of Chromium found: the tests' pages take longer to open")
  writeFileSync(memoPath, found.whole)
  writeFileSync(shellMemoPath, found.shell ?? found.whole)
}

/**
 * Looks for those that aren't found yet.
 *
 * @typedef {{ whole: string | null, shell: string | null }} Browsers paths of those that start here
 * @param {Browsers} found
 * @returns {Promise<Browsers>}
 */
async function lookForRest({ whole, shell }) {
  return { whole: whole ?? (await firstThatStarts(wholePlaces)), shell: shell ?? (await firstThatStarts(shellPlaces)) }
}

/** @param {() => Promise<readonly string[]>} places */
async function firstThatStarts(places) {
  for (const path of await places()) if (await starts(path)) return path
  return null
}

/** Where a whole Chromium would be, likeliest first. */
async function wholePlaces() {
  return [...usualPlaces(), ...(await playwrightPlace())]
}

/** Where a headless shell would be: only Linux distributions have it; Playwright keeps it beside its whole one. */
async function shellPlaces() {
  const [whole] = await playwrightPlace()
  const [root = '', revision] = whole?.split(/[\\/]chromium-(\d+)[\\/]/) ?? []
  const folder = revision === undefined ? '' : join(root, `chromium_headless_shell-${revision}`)
  const playwrights = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => /(^|[\\/])(chrome-)?headless[-_]shell(\.exe)?$/.test(path))
        .map((path) => join(folder, path))
    : []
  return [...inSystemFolders(['chromium-headless-shell', 'chrome-headless-shell']), ...playwrights]
}

/** Where a system has it. */
function usualPlaces() {
  if (process.platform === 'darwin') {
    return ['/Applications', join(process.env.HOME ?? '', 'Applications')].flatMap((folder) => [
      join(folder, 'Chromium.app/Contents/MacOS/Chromium'),
      join(folder, 'Google Chrome.app/Contents/MacOS/Google Chrome'),
    ])
  }
  if (process.platform === 'win32') {
    const { ProgramFiles, 'ProgramFiles(x86)': ProgramFiles32, LOCALAPPDATA } = process.env
    return [ProgramFiles, ProgramFiles32, LOCALAPPDATA].flatMap((folder) =>
      folder
        ? [join(folder, 'Chromium/Application/chrome.exe'), join(folder, 'Google/Chrome/Application/chrome.exe')]
        : [],
    )
  }
  return inSystemFolders(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'])
}

/** @param {readonly string[]} names */
function inSystemFolders(names) {
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter), '/snap/bin']
  return names.flatMap((name) => folders.map((folder) => join(folder, name)))
}

/** Where Playwright keeps the one that belongs to its version. */
async function playwrightPlace() {
  try {
    const { chromium } = await import('playwright')
    return [chromium.executablePath()]
  } catch {
    // Playwright has no browser for this platform: one place less to look.
    return []
  }
}

/**
 * Whether this is a Chromium that runs here: Ubuntu's `chromium-browser` may only advise a snap, and Playwright's lacks
 * its shared libraries on a bare system.
 *
 * @param {string} path
 */
async function starts(path) {
  if (!existsSync(path)) return false
  // On Windows `--version` opens a window instead of answering.
  if (process.platform === 'win32') return true
  return (await runToEnd(path, ['--version'], { quiet: true, timeoutMs: 20_000 })).code === 0
}

/** @param {Browsers} found */
async function installFromPlaywright({ whole, shell }) {
  const missing = whole ? 'headless shell of Chromium' : 'Chromium'
  console.log(`chatlog: no ${missing} found, asking Playwright for one (a download of 100 to 300 MB) …`)
  const cli = fileURLToPath(new URL('../node_modules/playwright/cli.js', import.meta.url))
  const part = whole ? ['--only-shell'] : shell ? ['--no-shell'] : []
  const { code } = await runToEnd(process.execPath, [cli, 'install', ...part, 'chromium'], { quiet: true })
  if (code !== 0) console.log("chatlog: Playwright's download can't be reached from here")
  return lookForRest({ whole, shell })
}

/** @param {Browsers} found */
async function installFromDistribution({ whole, shell }) {
  const names = [...(whole ? [] : ['chromium']), ...(shell ? [] : ['chromium-headless-shell'])]
  // A distribution that lacks one of two installs neither.
  if (!(await aptInstall(...names)) && names.length > 1) await aptInstall('chromium')
  return lookForRest({ whole, shell })
}
