// `npm run test:lazy`: the browser's promises once more, kept by `chatlog-lazy.js` and the core that it loads.
import { fileURLToPath } from 'node:url'
import { runToEnd } from './child-process.js'

const playwright = fileURLToPath(new URL('../node_modules/playwright/cli.js', import.meta.url))
process.env.CHATLOG_TAG = 'chatlog-lazy.js'
process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const suites =
  'conversation|consent-banner|delivery|earlier-pages|history|identity|lazy|leaving|life-cycle|links|storage'
const { code } = await runToEnd(process.execPath, [
  ...[playwright, 'test', '-c', 'test/e2e/playwright.config.ts', `(${suites})\\.spec`],
  ...process.argv.slice(2),
])
process.exitCode = code ?? 1
