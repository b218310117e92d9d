// The last step of `npm run size`: docs/reference.md states the names and hashes of the scripts that were just built, or a test
// fails.
import { readFileSync, writeFileSync } from 'node:fs'
import { scriptFiles } from './script-files.js'

const reference = new URL('../docs/reference.md', import.meta.url)

const before = readFileSync(reference, 'utf8')
const after = scriptFiles().reduce(
  (text, { name, immutableName, integrity }) =>
    text.replace(
      new RegExp(`^(\\| \`dist/${name}\` +\\| )\`[^\`]*\` +\\| \`[^\`]*\` +\\|$`, 'm'),
      `$1${`\`dist/${immutableName}\``.padEnd(32)} | \`${integrity}\` |`,
    ),
  before,
)
if (after !== before) {
  writeFileSync(reference, after)
  console.log('docs/reference.md now states their names and hashes')
}
