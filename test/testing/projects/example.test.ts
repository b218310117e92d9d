import { execFile } from 'node:child_process'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { headlessShellPath } from '../../../.ci/chromium.js'
import { hostOf, snippetsIn } from '../../docs/snippets.ts'
import { canPack, createPackedProject, type PackedProject } from '../packed-project.ts'

const run = promisify(execFile)
const [vitestConfig, vitestSetup, ...vitestTests] = snippetsIn('ts').filter((snippet) => hostOf(snippet) === 'vitest')
const examples = snippetsIn('ts').filter((snippet) => hostOf(snippet) === 'fake' && /\btest\(/.test(snippet.code))

describe.skipIf(!canPack)('in an empty project with the packed tarball', () => {
  let project: PackedProject
  beforeAll(async () => {
    project = await createPackedProject(['vitest', 'happy-dom', '@vitest/browser-playwright', '@vitest/browser'])
  })
  afterAll(() => project.remove())

  test('the examples of the documents run as written, and pages are handed over whole', {
    timeout: 400_000,
  }, async () => {
    for (const [index, { code }] of examples.entries()) await project.write(`example-${index}.spec.ts`, code)
    for (const name of ['handed-over', 'ways-out', 'qa-asks']) await project.copySpec(name)

    const { output } = await project.playwright('example', 'handed-over', 'ways-out', 'qa-asks')

    expect(examples.map(({ document }) => document)).toContain('docs/qa.md')
    expect(output).toMatch(/\d+ passed/)
    expect(output).not.toMatch(/failed|flaky|skipped/)
  })

  test('the examples for Vitest run as written, with a DOM library', async () => {
    await writeVitestExamples(project)
    const given = { globalSetup: './setup.ts', environment: 'happy-dom', include: ['vitest-*.test.ts'] }
    await project.write('vitest.config.ts', `export default { test: ${JSON.stringify(given)} }`)

    const { output, code } = await project.vitest()

    expect(output).toMatch(/Tests\s+1 passed/)
    expect(code).toBe(0)
  })

  test('the examples for Vitest run as written in a real browser, with its config', async () => {
    await writeVitestExamples(project)
    const launchOptions = { executablePath: headlessShellPath(), args: ['--no-sandbox'] }
    const config = vitestConfig?.code
      .replace('playwright()', `playwright({ launchOptions: ${JSON.stringify(launchOptions)} })`)
      // The project's packages are links into the clone.
      .replace('test: {', `server: { fs: { strict: false } },\n  test: {\n    include: ['vitest-*.test.ts'],`)
    await project.write('vitest.config.ts', config ?? '')

    const { output, code } = await project.vitest()

    expect(output).toMatch(/chromium[^\n]*vitest-0\.test\.ts/)
    expect(output).toMatch(/Tests\s+1 passed/)
    expect(code).toBe(0)
  })

  test('without Playwright it says what to install, and the fake collector works alone', async () => {
    const code = `
      import { startFakeCollector } from 'chatlog/testing/collector'
      await (await startFakeCollector()).close()
      await import('chatlog/testing').catch((error) => console.log(error.message))`
    const bare = join(project.folder, 'bare')
    await mkdir(join(bare, 'node_modules'), { recursive: true })
    await rename(join(project.folder, 'node_modules/chatlog'), join(bare, 'node_modules/chatlog'))
    await rename(join(project.folder, 'node_modules/playwright'), join(project.folder, 'node_modules/elsewhere'))

    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: bare })

    expect(stdout).toContain('npm install --save-dev @playwright/test')
  })
})

async function writeVitestExamples(project: PackedProject): Promise<void> {
  await project.write('setup.ts', vitestSetup?.code ?? '')
  for (const [index, { code }] of vitestTests.entries()) await project.write(`vitest-${index}.test.ts`, code)
}
