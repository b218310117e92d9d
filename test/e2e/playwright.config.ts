import { defineConfig } from 'playwright/test'
import { headlessShellPath } from '../../.ci/chromium.js'
import { chromiumArgs, wholeBrowserApart } from './chromium-launch.ts'

const launchOptions = { executablePath: headlessShellPath(), args: chromiumArgs }

/**
 * The built script in a real Chromium against the real collector. Nothing is retried: a test that passes only now and
 * then has found a bug, in the product or in itself.
 *
 * The headless shell wherever it does as the whole browser does: a page costs it a third.
 */
export default defineConfig({
  testDir: '.',
  testIgnore: ['widgets/**', 'real-widgets/**'],
  outputDir: '../../test-results',
  fullyParallel: true,
  workers: 3,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Long enough for a machine on which much else runs: what fails, fails for another reason.
  timeout: 240_000,
  expect: { timeout: 30_000 },
  globalTimeout: 900_000,
  reporter: 'list',
  use: { browserName: 'chromium', headless: true, launchOptions },
  projects: wholeBrowserApart(launchOptions),
})
