import { defineConfig } from 'playwright/test'

/** The built script in every engine against the real collector. `run.js` starts it. */
export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results/engines',
  fullyParallel: true,
  workers: 3,
  retries: 0,
  repeatEach: Number(process.env.ENGINES_RUNS ?? 1),
  forbidOnly: Boolean(process.env.CI),
  timeout: 90_000,
  expect: { timeout: 30_000 },
  reporter: [
    ['list'],
    ['./table-reporter.ts'],
    ...(process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [['json'] as ['json']] : []),
  ],
})
