import { defineConfig } from 'playwright/test'
import browserTests from '../playwright.config.ts'

/** Widgets that a preset names, as npm has them; `npm run test:presets` installs them into this folder. */
export default defineConfig({
  ...browserTests,
  testDir: '.',
  testIgnore: '**/node_modules/**',
  outputDir: '../../../test-results',
})
