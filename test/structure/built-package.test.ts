import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

// `npm test` builds first. A unit run in a tree that was never built has nothing to look at.
describe.skipIf(!existsSync(join(root, 'dist/index.js')))('the built package', () => {
  let project = ''

  /** A project that has chatlog installed, and nothing else. */
  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'chatlog-project-'))
    await mkdir(join(project, 'node_modules'))
    await symlink(root, join(project, 'node_modules/chatlog'), 'junction')
    await writeFile(join(project, 'package.json'), '{ "type": "module" }')
  })
  afterAll(() => rm(project, { recursive: true, force: true }))

  test('has every file that package.json names', () => {
    const { exports, bin, main, types, unpkg, jsdelivr } = packageJson
    const { './package.json': _itself, ...entries } = exports
    const formats = Object.values(entries).flatMap(Object.values)
    const named = [...formats, bin].flatMap(Object.values).concat(main, types, unpkg, jsdelivr)

    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test('can be imported where there is no page, as for server rendering, and does nothing there', async () => {
    const code = `import { init } from 'chatlog'
      const log = init({ apiKey: 'web_key' })
      log.trackMessage({ role: 'user', content: 'Hi' })
      console.log(JSON.stringify([log.getState().conversations, await log.flush()]))`

    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: project })

    expect(JSON.parse(stdout)).toEqual([[], { delivered: [], pending: [] }])
  })

  test('names wrong use to the compiler of who uses it, and nothing else', async () => {
    const compilerOptions = { noEmit: true, strict: true, target: 'es2022', lib: ['es2023', 'dom', 'dom.iterable'] }
    await writeFile(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...compilerOptions, module: 'nodenext', types: [] }, files: ['page.ts'] }),
    )
    await writeFile(
      join(project, 'page.ts'),
      `import { init } from 'chatlog'
      const log = init({ apiKey: 'web_key' })
      log.trackMessage({ role: 'user', content: 'Hi' })
      log.trackMessage({ role: 'tool', content: 'Hi' })`,
    )

    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = await run(process.execPath, [compiler, '--project', project]).catch((failure) => failure)

    expect(stdout.trim().split('\n')).toEqual([expect.stringMatching(/^.*page\.ts\(4,\d+\): error TS2322: .*"tool"/)])
  })
})
