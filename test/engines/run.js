// `npm run test:engines`, and after `--` the options below, for instance `--runs 20 --report docs/evidence/engines.md`.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runToEnd } from '../../.ci/child-process.js'
import { tagEnv, tagOptions } from '../../.ci/tag-under-test.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const own = fileURLToPath(new URL('.', import.meta.url))

const { values } = parseArgs({
  options: {
    // Of each promise in each engine.
    runs: { type: 'string', default: '1' },
    // Promises whose engine, subject or name matches, as Playwright's `--grep`.
    only: { type: 'string' },
    // Document whose tables are written anew, with their sums in docs/reference.md and the README.
    report: { type: 'string' },
    // Also what is left out of `npm test`: every row of pages that have something of their own at the load.
    all: { type: 'boolean', default: false },
    ...tagOptions,
    // Playwright's report, for programs.
    json: { type: 'string' },
  },
})

if (!existsSync(resolve(root, 'dist/chatlog.js'))) {
  console.error('chatlog: the engines are held to the built script: run `npm run build` first')
  process.exit(1)
}

if (values.tag !== undefined && values.report !== undefined) {
  console.error('chatlog: the report is of chatlog.js: leave out --report or --tag')
  process.exit(2)
}

const { code } = await runToEnd(
  process.execPath,
  [
    resolve(root, 'node_modules/playwright/cli.js'),
    'test',
    `--config=${resolve(own, 'playwright.config.ts')}`,
    ...(values.only === undefined ? [] : [`--grep=${values.only}`]),
  ],
  {
    env: {
      ...tagEnv(values),
      ENGINES_RUNS: values.runs,
      ENGINES_ALL: values.all ? 'yes' : '',
      ...(values.report === undefined ? {} : { ENGINES_REPORT: resolve(values.report) }),
      ...(values.json === undefined ? {} : { PLAYWRIGHT_JSON_OUTPUT_FILE: resolve(values.json) }),
    },
  },
)
process.exitCode = code
