import { defineConfig } from 'playwright/test'
import browserTests from '../playwright.config.ts'

/** Other people's widgets, unmodified, which `.ci/set-up.js --tests` installs into this folder. */
export default defineConfig({
  ...browserTests,
  testDir: '.',
  testIgnore: '**/node_modules/**',
  outputDir: '../../../test-results',
})
