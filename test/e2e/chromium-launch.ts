import type { LaunchOptions, Project } from 'playwright/test'
import { chromiumPath } from '../../.ci/chromium.js'

/** What a Chromium that is driven leaves out: it asks nobody for anything by itself, and runs as root in a container. */
export const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const wholeBrowser = /@whole-browser/

/** Has tests with the tag `@whole-browser` drive a whole Chromium, and the others what the configuration says. */
export const wholeBrowserApart = (launchOptions: LaunchOptions): Project[] => [
  { name: 'headless shell', grepInvert: wholeBrowser },
  {
    name: 'whole browser',
    grep: wholeBrowser,
    use: { launchOptions: { ...launchOptions, executablePath: chromiumPath() } },
  },
]
