import { defineConfig } from 'playwright/test'
import { chromiumPath, headlessShellPath } from '../../.ci/chromium.js'
import { chromiumArgs, wholeBrowserApart } from '../e2e/chromium-launch.ts'

const launchOptions = {
  // What is published is of the whole browser.
  executablePath: process.env.FAULT_FORM === 'short' ? headlessShellPath() : chromiumPath(),
  args: chromiumArgs,
  // Playwright turns the back/forward cache off, and visitors have it.
  ignoreDefaultArgs: ['--disable-back-forward-cache'],
}

/** The built script in a real Chromium while browser, line and collector fail. `run.js` starts it. */
export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results/faults',
  fullyParallel: true,
  workers: Number(process.env.FAULT_WORKERS ?? 5),
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 900_000,
  reporter: [
    ['list'],
    ['./table-reporter.ts'],
    ...(process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [['json'] as ['json']] : []),
  ],
  use: { browserName: 'chromium', headless: true, launchOptions },
  projects: wholeBrowserApart(launchOptions),
})
