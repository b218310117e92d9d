import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { headlessShellPath } from '../../.ci/chromium.js'
import packageJson from '../../package.json' with { type: 'json' }
import { hostOf, snippetsIn } from '../docs/snippets.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)
const examples = snippetsIn('ts').filter((snippet) => hostOf(snippet) === 'fake' && /\btest\(/.test(snippet.code))

/** Installed by `npm install <tarball> @playwright/test`, without a network: from the clone's own packages. */
async function install(project: string): Promise<void> {
  await run('npm', ['pack', '--pack-destination', project], { cwd: root })
  const tarball = (await readdir(project)).find((name) => name.endsWith('.tgz')) ?? ''
  await run('tar', ['-xzf', tarball], { cwd: project })
  const modules = join(project, 'node_modules')
  await mkdir(modules)
  await rename(join(project, 'package'), join(modules, 'chatlog'))
  for (const name of [...Object.keys(packageJson.dependencies), 'playwright', 'playwright-core']) {
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(join(root, 'node_modules', name), join(modules, name), 'junction')
  }
}

/** Stands in for `npx playwright install chromium`: the browser that this machine has. */
const browserConfig = () =>
  `module.exports = { workers: 1, use: { launchOptions: { executablePath: ${JSON.stringify(headlessShellPath())}, args: ['--no-sandbox'] } } }`

// `npm test` builds first. A unit run in a tree that was never built has nothing to pack.
describe.skipIf(!existsSync(join(root, 'dist/testing.js')))('in an empty project with the packed tarball', () => {
  let project = ''
  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'chatlog-qa-'))
    await install(project)
  }, 60_000)
  afterAll(() => rm(project, { recursive: true, force: true }))

  test('the examples of the documents run as written, and pages are handed over whole', {
    timeout: 60_000,
  }, async () => {
    await writeFile(join(project, 'package.json'), '{}')
    await writeFile(join(project, 'playwright.config.cjs'), browserConfig())
    for (const [index, { code }] of examples.entries()) {
      await writeFile(join(project, `example-${index}.spec.ts`), code)
    }
    await copyFile(join(import.meta.dirname, 'handed-over.ts'), join(project, 'handed-over.spec.ts'))
    const cli = join(project, 'node_modules/playwright/cli.js')

    // CI: what the reporter prints doesn't depend on the terminal. A failure's output is in the error.
    const { stdout } = await run(process.execPath, [cli, 'test', '-c', 'playwright.config.cjs', '--reporter=line'], {
      cwd: project,
    }).catch((failure) => failure)

    expect(examples.map(({ document }) => document)).toContain('docs/qa.md')
    expect(stdout).toMatch(/\d+ passed/)
    expect(stdout).not.toMatch(/failed|flaky|skipped/)
  })

  test('without Playwright it says what to install, and the fake collector works alone', async () => {
    const code = `
      import { startFakeCollector } from 'chatlog/testing/collector'
      await (await startFakeCollector()).close()
      await import('chatlog/testing').catch((error) => console.log(error.message))`
    const bare = join(project, 'bare')
    await mkdir(join(bare, 'node_modules'), { recursive: true })
    await rename(join(project, 'node_modules/chatlog'), join(bare, 'node_modules/chatlog'))
    await rename(join(project, 'node_modules/playwright'), join(project, 'node_modules/elsewhere'))

    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: bare })

    expect(stdout).toContain('npm install --save-dev @playwright/test')
  })
})
