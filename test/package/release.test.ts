import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const runFile = promisify(execFile)

/** What the scripts of package.json do in the clone: each writes down that it ran, and fails where a file says so. */
const standIn = `const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require('node:fs')
const [name] = process.argv.slice(2)
appendFileSync(process.env.STEPS, name + ' ')
if (name === 'build') { mkdirSync('dist', { recursive: true }); writeFileSync('dist/index.js', '// built') }
if (name === 'size') appendFileSync('README.md', '<!-- sizes stated -->\\n')
process.exitCode = existsSync(process.env.STEPS + '.' + name + '-fails') ? 1 : 0
`

// A tarball of the source has no history to release from.
describe.skipIf(!existsSync(join(root, '.git')))('npm run release, in a clone', () => {
  let scratch = ''
  let clone = ''
  let steps = ''
  let startsAt = ''

  const git = async (...given: string[]) => (await runFile('git', given, { cwd: clone })).stdout.trim()
  const release = async (...given: string[]) => {
    const env = { ...process.env, STEPS: steps, npm_config_offline: 'true', npm_config_ignore_scripts: 'false' }
    const ended = await runFile(process.execPath, ['.ci/release.js', ...given], { cwd: clone, env }).catch(
      (failure: { stdout: string; stderr: string; code: number }) => failure,
    )
    return { output: ended.stdout + ended.stderr, code: 'code' in ended ? ended.code : 0 }
  }
  const read = (name: string) => readFileSync(join(clone, name), 'utf8')
  const nothingIsLeft = async () => {
    expect(await git('status', '--porcelain')).toBe('')
    expect(await git('rev-parse', 'HEAD')).toBe(startsAt)
    expect(await git('tag', '--list', 'v9*')).toBe('')
  }

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'chatlog-release-'))
    clone = join(scratch, 'clone')
    steps = join(scratch, 'steps')
    await runFile('git', ['clone', '--quiet', '--no-tags', root, clone])
    await git('checkout', '--quiet', '-B', 'main')
    for (const [name, value] of [
      ['user.name', 'A Maintainer'],
      ['user.email', 'maintainer@example.com'],
    ] as const) {
      await git('config', name, value)
    }
    const packageJson = JSON.parse(read('package.json'))
    Object.assign(packageJson.scripts, { build: 'node stand-in.cjs build', size: 'node stand-in.cjs size' })
    Object.assign(packageJson.scripts, { test: 'node stand-in.cjs test', pretest: '' })
    await writeFile(join(clone, 'package.json'), `${JSON.stringify(packageJson, null, 2)}\n`)
    await writeFile(join(clone, 'stand-in.cjs'), standIn)
    // Of the command itself, what stands in this tree now.
    await writeFile(join(clone, '.ci/release.js'), readFileSync(join(root, '.ci/release.js')))
    const changelog = read('CHANGELOG.md').replace('## Unreleased\n', '## Unreleased\n\n- **A change**\n')
    await writeFile(join(clone, 'CHANGELOG.md'), changelog)
    await git('add', '--all')
    await git('commit', '--quiet', '--message', 'Stand in for the long steps')
    startsAt = await git('rev-parse', 'HEAD')
  })
  beforeEach(() => writeFile(steps, ''))
  afterAll(() => rm(scratch, { recursive: true, force: true }))

  test('says which version it wants, and refuses a tree that is not ready', async () => {
    expect(await release()).toMatchObject({ code: 1, output: expect.stringContaining('which version?') })
    expect((await release('next')).output).toContain('which version?')

    await appendFile(join(clone, 'README.md'), 'A change.\n')
    expect((await release('9.8.7')).output).toContain('changes that are not committed')
    await git('checkout', '--', '.')

    await git('checkout', '--quiet', '-b', 'other')
    expect((await release('9.8.7')).output).toContain('releases are made on main')
    await git('checkout', '--quiet', 'main')

    expect(readFileSync(steps, 'utf8')).toBe('')
    await nothingIsLeft()
  })

  test('puts the files back when a step fails', async () => {
    await writeFile(`${steps}.test-fails`, '')
    const { output, code } = await release('9.8.7')
    await rm(`${steps}.test-fails`)

    expect(code).toBe(1)
    expect(output).toMatch(/failed \(exit code 1\)/)
    await nothingIsLeft()
  })

  test('makes a commit, a tag and a packed file, and sends them nowhere', async () => {
    const { output, code } = await release('9.8.7')

    expect({ output, code }).toMatchObject({ code: 0 })
    expect(readFileSync(steps, 'utf8')).toBe('build size test ')
    expect(await git('log', '-1', '--format=%s')).toBe('Release 9.8.7')
    expect(await git('rev-parse', 'HEAD~1')).toBe(startsAt)
    expect(await git('cat-file', '-t', 'v9.8.7')).toBe('tag')
    expect(await git('rev-parse', 'v9.8.7^{commit}')).toBe(await git('rev-parse', 'HEAD'))
    expect(JSON.parse(read('package.json')).version).toBe('9.8.7')
    expect(JSON.parse(read('package-lock.json')).version).toBe('9.8.7')
    expect(read('CHANGELOG.md')).toMatch(/^## Unreleased\n\n## 9\.8\.7 \(\d{4}-\d\d-\d\d\)\n\n- \*\*A change\*\*/m)
    expect(read('README.md')).toContain('<!-- sizes stated -->')
    expect(await git('status', '--porcelain')).toBe('')
    const { stdout } = await runFile('tar', ['-tzf', join(clone, 'chatlog-9.8.7.tgz')])
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['package/package.json', 'package/dist/index.js']))
    expect(await git('ls-remote', '--tags', 'origin', 'v9*')).toBe('')
    expect(output).toContain('git push origin main v9.8.7')
    expect(output).toContain('npm publish chatlog-9.8.7.tgz')

    expect((await release('9.8.7')).output).toContain('there is a tag v9.8.7 already')
  })
})
