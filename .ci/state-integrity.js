// The last step of `npm run size`: the README states the names and hashes of the scripts that were just built, or a test
// fails.
import { readFileSync, writeFileSync } from 'node:fs'
import { scriptFiles } from './script-files.js'

const readme = new URL('../README.md', import.meta.url)

const before = readFileSync(readme, 'utf8')
const after = scriptFiles().reduce(
  (text, { name, immutableName, integrity }) =>
    text.replace(
      new RegExp(`^(\\| \`dist/${name}\` +\\| )\`[^\`]*\` +\\| \`[^\`]*\` +\\|$`, 'm'),
      `$1${`\`dist/${immutableName}\``.padEnd(32)} | \`${integrity}\` |`,
    ),
  before,
)
if (after !== before) {
  writeFileSync(readme, after)
  console.log('README.md now states their names and hashes')
}
