import { defineConfig } from 'playwright/test'
import browserTests from '../playwright.config.ts'

/** Other people's widgets as npm has them, by presets and selectors; `npm run test:presets` installs them into this folder. */
export default defineConfig({
  ...browserTests,
  testDir: '.',
  testIgnore: '**/node_modules/**',
  outputDir: '../../../test-results',
})
