import { defineConfig } from 'playwright/test'
import browserTests from '../e2e/playwright.config.ts'

/** Sites built with the snippets of docs/frameworks.md: `npm run test:frameworks`, which installs what builds them. */
export default defineConfig({
  ...browserTests,
  testDir: '.',
  testIgnore: '**/node_modules/**',
  outputDir: '../../test-results',
  // A site generator takes minutes on a busy machine, and two at once take longer.
  workers: 1,
  timeout: 900_000,
  globalTimeout: 2_000_000,
})
