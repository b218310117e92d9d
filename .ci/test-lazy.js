// `npm run test:lazy`: the browser's promises once more, kept by `chatlog-lazy.js` and the core that it loads. After `--`
// when that comes, `--core late` (2 seconds), and Playwright's own options behind another `--`.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runToEnd } from './child-process.js'
import { tagEnv, tagOptions } from './tag-under-test.js'

const playwright = fileURLToPath(new URL('../node_modules/playwright/cli.js', import.meta.url))
const { values, positionals } = parseArgs({ options: { core: tagOptions.core }, allowPositionals: true })
Object.assign(process.env, tagEnv({ tag: 'lazy', core: values.core }))
process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const suites =
  'conversation|consent-banner|delivery|earlier-pages|history|identity|lazy|leaving|life-cycle|links|storage'
const { code } = await runToEnd(process.execPath, [
  ...[playwright, 'test', '-c', 'test/e2e/playwright.config.ts', `(${suites})\\.spec`],
  ...positionals,
])
process.exitCode = code ?? 1
