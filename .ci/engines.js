import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { aptInstall } from './apt.js'

/** Debian's packages with WebKitGTK's driver (and its browser), the X server that it draws on, and the mouse there. */
const webkitGtkPackages = ['webkit2gtk-driver', 'xvfb', 'xdotool']

/**
 * Path of the Firefox that `npm run test:engines` drives, or null: `CHATLOG_FIREFOX`, else the system's.
 *
 * @returns {string | null}
 */
export function firefoxPath() {
  const { CHATLOG_FIREFOX, ProgramFiles = '' } = process.env
  const places =
    process.platform === 'darwin'
      ? ['/Applications/Firefox.app/Contents/MacOS/firefox']
      : process.platform === 'win32'
        ? [join(ProgramFiles, 'Mozilla Firefox/firefox.exe')]
        : inPath('firefox-esr', 'firefox')
  return [CHATLOG_FIREFOX ?? '', ...places].find((path) => path !== '' && existsSync(path)) ?? null
}

/**
 * Paths of WebKitGTK's driver, which starts its browser by itself, of the X server that it draws on and of what moves
 * the mouse there; null where one of them isn't there.
 *
 * @returns {{ driver: string, xServer: string, mouse: string } | null}
 */
export function webkitGtkPaths() {
  if (process.platform !== 'linux') return null
  const [driver, xServer, mouse] = ['WebKitWebDriver', 'Xvfb', 'xdotool'].map((name) =>
    inPath(name).find((path) => existsSync(path)),
  )
  return driver && xServer && mouse ? { driver, xServer, mouse } : null
}

/**
 * Finds the engines beside Chromium, else installs the distribution's. Where one can't be had it says so, and the step
 * that drives it fails: everything else can be tested without.
 */
export async function findEngines() {
  const missing = missingPackages()
  if (missing.length === 0) return
  if (process.platform === 'linux') await aptInstall(...missing)
  for (const why of [firefoxMissing(), webkitGtkMissing()]) if (why !== null) console.log(`chatlog: ${why}`)
}

/** Why Firefox can't be driven here, with what to do about it; null where it can. */
export function firefoxMissing() {
  if (firefoxPath() !== null) return null
  return 'Firefox is not here, so the test of the engines fails: install firefox-esr, or set CHATLOG_FIREFOX to its path'
}

/** Why WebKitGTK can't be driven here, with what to do about it; null where it can. */
export function webkitGtkMissing() {
  if (webkitGtkPaths() !== null) return null
  return `WebKitGTK is not here, so the test of the engines fails: install ${webkitGtkPackages.join(', ')} (Linux alone has them)`
}

function missingPackages() {
  return [...(firefoxPath() === null ? ['firefox-esr'] : []), ...(webkitGtkPaths() === null ? webkitGtkPackages : [])]
}

/**
 * Where the first of these programs would be, folder by folder.
 *
 * @param {readonly string[]} names
 */
function inPath(...names) {
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)]
  return names.flatMap((name) => folders.map((folder) => join(folder, name)))
}
