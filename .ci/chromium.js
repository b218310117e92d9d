import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { aptInstall } from './apt.js'
import { runToEnd } from './child-process.js'

/** Holds the path of the Chromium found last; npm ci removes it together with everything else in there. */
const memoPath = fileURLToPath(new URL('../node_modules/.chatlog-chromium', import.meta.url))

/**
 * Path of the Chromium that the browser tests drive: `CHATLOG_CHROMIUM`, else the one that the set-up found.
 *
 * @throws Error when the set-up hasn't run
 */
export function chromiumPath() {
  if (process.env.CHATLOG_CHROMIUM) return process.env.CHATLOG_CHROMIUM
  const remembered = existsSync(memoPath) ? readFileSync(memoPath, 'utf8') : ''
  if (existsSync(remembered)) return remembered
  throw new Error('no Chromium is known yet: run `node .ci/set-up.js --tests` once, or set CHATLOG_CHROMIUM')
}

/**
 * Finds a Chromium that starts, and remembers it: `CHATLOG_CHROMIUM`, the system's, Playwright's; else installs
 * Playwright's, else the distribution's.
 *
 * @throws Error that says what to install, when none of it works
 */
export async function findChromium() {
  const given = process.env.CHATLOG_CHROMIUM
  if (given) {
    if (await starts(given)) return
    throw new Error(`CHATLOG_CHROMIUM is ${given}, which doesn't start: correct or unset it`)
  }
  if (existsSync(memoPath) && existsSync(readFileSync(memoPath, 'utf8'))) return
  const found = (await firstThatStarts()) ?? (await installFromPlaywright()) ?? (await installFromDistribution())
  if (found === null) {
    throw new Error(
      'the browser tests need Chromium: none was found, and neither Playwright nor the system could install one. ' +
        'Install Chromium or Chrome, or set CHATLOG_CHROMIUM to the path of one.',
    )
  }
  writeFileSync(memoPath, found)
}

async function firstThatStarts() {
  for (const path of [...usualPlaces(), ...(await playwrightPlace())]) if (await starts(path)) return path
  return null
}

/** Where a Chromium would be, likeliest first. */
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
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter), '/snap/bin']
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
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

async function installFromPlaywright() {
  console.log('chatlog: no Chromium found, asking Playwright for one (a download of about 170 MB) …')
  const cli = fileURLToPath(new URL('../node_modules/playwright/cli.js', import.meta.url))
  const { code } = await runToEnd(process.execPath, [cli, 'install', '--no-shell', 'chromium'], { quiet: true })
  if (code !== 0) console.log("chatlog: Playwright's download can't be reached from here")
  return firstThatStarts()
}

async function installFromDistribution() {
  return (await aptInstall('chromium')) ? firstThatStarts() : null
}
