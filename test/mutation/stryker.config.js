/**
 * Mutation testing: each piece of `src/script` and `src/contract` is broken in turn, and the fast unit tests must
 * notice. `npm run test:mutation -- --mutate src/script/message.ts` looks at one file.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  mutate: ['src/script/**/*.ts', 'src/contract/**/*.ts'],
  testRunner: 'vitest',
  plugins: [import.meta.resolve('@stryker-mutator/vitest-runner')],
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // A machine that does something else beside is slow; what loops is found by how often it comes by.
  timeoutMS: 30_000,
  ignorePatterns: ['dist', 'docs/api', 'test-results', 'playwright-report', 'chatlog-data', 'test/mutation/report'],
  reporters: ['clear-text', 'progress-append-only', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: 'test/mutation/report/index.html' },
  jsonReporter: { fileName: 'test/mutation/report/mutation.json' },
  thresholds: { high: 95, low: 85, break: 85 },
}
