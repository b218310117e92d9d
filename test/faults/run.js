// `npm run test:faults`, and after `--` the options below, for instance `--runs 5 --only 'tab closed' --report table.md`.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runToEnd } from '../../.ci/child-process.js'
import { tagEnv, tagOptions } from '../../.ci/tag-under-test.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

const { values } = parseArgs({
  options: {
    // A sample for every day: three runs a row, two of them against the collector that replaces.
    short: { type: 'boolean', default: false },
    // Against each collector.
    runs: { type: 'string', default: '20' },
    // Rows at the same time. They mostly wait: for round trips, retries and what must not come.
    workers: { type: 'string', default: '5' },
    // `chatlog`: the pages say so, and only the collector that merges is asked.
    server: { type: 'string' },
    ...tagOptions,
    // What the pages' browser lacks, as a list: `fetchLater`, `locks`.
    without: { type: 'string' },
    // Puts the numbers of the long form into docs/evidence/delivery.md, docs/reference.md and README.md; rows left out keep theirs.
    publish: { type: 'boolean', default: false },
    // Markdown file that the table is written to.
    report: { type: 'string' },
    // Rows whose name or collector matches, as Playwright's `--grep`.
    only: { type: 'string' },
    // Playwright's report, for programs.
    json: { type: 'string' },
  },
})

if (values.publish && (values.short || values.server || values.without || values.tag)) {
  console.error('chatlog: only the long form in a browser that lacks nothing is published')
  process.exit(1)
}
if (!existsSync(resolve(root, 'dist/chatlog.js'))) {
  console.error('chatlog: the fault tests are about the built script: run `npm run build` first')
  process.exit(1)
}

const { code } = await runToEnd(
  process.execPath,
  [
    resolve(root, 'node_modules/playwright/cli.js'),
    'test',
    `--config=${resolve(root, 'test/faults/playwright.config.ts')}`,
    ...(values.only === undefined ? [] : [`--grep=${values.only}`]),
  ],
  {
    env: {
      FAULT_FORM: values.short ? 'short' : 'long',
      FAULT_RUNS: values.runs,
      FAULT_WORKERS: values.workers,
      FAULT_SERVER: values.server ?? '',
      FAULT_WITHOUT: values.without ?? '',
      ...tagEnv(values),
      FAULT_PUBLISH: values.publish ? 'yes' : '',
      ...(values.report === undefined ? {} : { FAULT_REPORT: resolve(values.report) }),
      ...(values.json === undefined ? {} : { PLAYWRIGHT_JSON_OUTPUT_FILE: resolve(values.json) }),
    },
  },
)
process.exitCode = code
