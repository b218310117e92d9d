import { defineConfig } from 'playwright/test'
import { chromiumPath } from '../../.ci/chromium.js'

/**
 * The built script in a real Chromium against the real collector. Nothing is retried: a test that passes only now and
 * then has found a bug, in the product or in itself.
 */
export default defineConfig({
  testDir: '.',
  testIgnore: 'widgets/**',
  outputDir: '../../test-results',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 90_000,
  expect: { timeout: 10_000 },
  globalTimeout: 900_000,
  reporter: 'list',
  use: {
    browserName: 'chromium',
    headless: true,
    launchOptions: {
      executablePath: chromiumPath(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
