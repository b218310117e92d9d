import { defineConfig } from 'playwright/test'
import config from './playwright.config.ts'

/** Runs the demo's own test, which its page shows to QA, in the Chromium of this machine. */
export default defineConfig({
  ...config,
  testDir: '../../demo/qa',
  testMatch: 'chat.spec.ts',
  outputDir: '../../test-results/qa-demo',
})
