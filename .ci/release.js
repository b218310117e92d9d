// `npm run release -- 0.2.0`: makes a version, up to the commit, the tag and the packed file. CONTRIBUTING.md says more.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { releasedChangelog } from './changelog.js'
import { runToEnd } from './child-process.js'
import { npm } from './npm.js'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const [version = ''] = process.argv.slice(2)

try {
  await refuseUnlessReady()
  await make().catch(async (error) => {
    await run('git', ['checkout', '--', '.'])
    throw error
  })
  console.log(`\n${version} is made. To let others have it:\n`)
  console.log(`  git push origin main v${version}`)
  console.log(`  npm publish chatlog-${version}.tgz`)
} catch (error) {
  console.error(`chatlog: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}

async function refuseUnlessReady() {
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) throw new Error('which version? npm run release -- 0.2.0')
  if ((await outputOf('git', ['branch', '--show-current'])) !== 'main') throw new Error('releases are made on main')
  if (await outputOf('git', ['status', '--porcelain'])) throw new Error('there are changes that are not committed')
  if (await outputOf('git', ['tag', '--list', `v${version}`])) throw new Error(`there is a tag v${version} already`)
  await run(...npm(['audit', '--omit=dev']))
}

async function make() {
  const today = new Date().toISOString().slice(0, 10)
  writeFileSync('CHANGELOG.md', releasedChangelog(readFileSync('CHANGELOG.md', 'utf8'), version, today))
  await run(...npm(['version', version, '--no-git-tag-version', '--allow-same-version']))
  await run(...npm(['run', 'build']))
  await run(...npm(['run', 'size']))
  await run(...npm(['test']))
  await run('git', ['commit', '--all', '--message', `Release ${version}`])
  await run('git', ['tag', '--annotate', `v${version}`, '--message', version])
  await run(...npm(['pack']))
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
async function run(command, args) {
  const { code } = await runToEnd(command, args)
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} failed (exit code ${code}): its reason is above`)
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
async function outputOf(command, args) {
  return (await runToEnd(command, args, { quiet: true })).output.trim()
}
