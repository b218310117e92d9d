import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { headlessShellPath } from '../../.ci/chromium.js'
import packageJson from '../../package.json' with { type: 'json' }
import { packedFile } from '../package/packed.ts'

const root = join(import.meta.dirname, '../..')

/** `npm test` builds first. A tree that was never built has nothing to pack. */
export const canPack = existsSync(join(root, 'dist/testing.js'))
const run = promisify(execFile)

/** What a run of tests printed, and how it ended. */
export interface TestRun {
  output: string
  code: number
}

/** A project of somebody who tests, in an empty folder with the packed tarball. */
export interface PackedProject {
  folder: string
  write(name: string, text: string): Promise<void>
  /** A file of test/testing, as the project's `name.spec.ts`. */
  copySpec(name: string): Promise<void>
  /** `npx playwright test`, in the Chromium of this machine, two workers. */
  playwright(...given: string[]): Promise<TestRun>
  /** `npx vitest run` */
  vitest(...given: string[]): Promise<TestRun>
  remove(): Promise<void>
}

/** Stands in for `npx playwright install chromium`: the browser that this machine has. */
const browserConfig = () =>
  `module.exports = { workers: 2, fullyParallel: true, timeout: 60_000, use: { launchOptions: { executablePath: ${JSON.stringify(headlessShellPath())}, args: ['--no-sandbox'] } } }`

/** Installed by `npm install <tarball> @playwright/test`, without a network: from the clone's own packages. */
export async function createPackedProject(packages: readonly string[] = []): Promise<PackedProject> {
  const folder = await mkdtemp(join(tmpdir(), 'chatlog-qa-'))
  await run('tar', ['-xzf', await packedFile()], { cwd: folder })
  const modules = join(folder, 'node_modules')
  await mkdir(modules)
  await rename(join(folder, 'package'), join(modules, 'chatlog'))
  for (const name of [...Object.keys(packageJson.dependencies), 'playwright', 'playwright-core', ...packages]) {
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(join(root, 'node_modules', name), join(modules, name), 'junction')
  }
  const write = (name: string, text: string) => writeFile(join(folder, name), text)
  await write('package.json', '{}')
  await write('playwright.config.cjs', browserConfig())

  const start = async (program: string, given: string[]): Promise<TestRun> => {
    // What the reporter prints doesn't depend on the terminal.
    const env = { ...process.env, CI: '1', NO_COLOR: '1', VITEST: undefined }
    const ended = await run(process.execPath, [join(modules, program), ...given], { cwd: folder, env }).catch(
      (failure: { stdout: string; stderr: string; code: number }) => failure,
    )
    return { output: ended.stdout + ended.stderr, code: 'code' in ended ? ended.code : 0 }
  }
  return {
    folder,
    write,
    copySpec: (name) => copyFile(join(import.meta.dirname, `${name}.ts`), join(folder, `${name}.spec.ts`)),
    playwright: (...given) =>
      start('playwright/cli.js', ['test', '-c', 'playwright.config.cjs', '--reporter=line', ...given]),
    vitest: (...given) => start('vitest/vitest.mjs', ['run', ...given]),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
