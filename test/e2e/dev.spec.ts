import { execFile, spawn } from 'node:child_process'
import { appendFile, cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'playwright/test'

const root = join(import.meta.dirname, '../..')

// It builds everything once, as for who has just cloned; beside other tests that takes its time.
test.setTimeout(300_000)

/** A working copy of its own: the test changes lines. */
async function clone(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chatlog-clone-'))
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', ...['src', 'demo', '.ci', 'test/size']]
  const files = (await promisify(execFile)('git', list, { cwd: root })).stdout.split('\0').filter(Boolean)
  for (const file of [...files, 'package.json', 'vite.config.ts']) await cp(join(root, file), join(folder, file))
  for (const packages of ['node_modules', 'demo/widgets/node_modules'])
    await symlink(join(root, packages), join(folder, packages), 'junction')
  return folder
}

/** The live view's style sheet, of the collector that the pages name now: started anew, it may have another port. */
async function liveViewStyle(address: string): Promise<string> {
  try {
    const html = await (await fetch(`${address}/site/`)).text()
    const { origin } = new URL(/data-endpoint="([^"]+)"/.exec(html)?.[1] ?? '')
    return await (await fetch(`${origin}/live-view/live-view.css`)).text()
  } catch {
    // It is just being started anew.
    return ''
  }
}

test('npm run dev: a changed line of the script, of a page and of the collector is seen without doing anything', async ({
  page,
}) => {
  const folder = await clone()
  const env = { ...process.env, PORT: '0', CHATLOG_DATA: join(folder, 'data') }
  const dev = spawn(process.execPath, [join(folder, 'demo/dev.js')], { cwd: folder, env })
  const ended = new Promise((resolve) => dev.on('exit', resolve))
  let output = ''
  for (const stream of [dev.stdout, dev.stderr]) stream.on('data', (data) => (output += data))
  try {
    await expect.poll(() => output, { timeout: 180_000 }).toMatch(/chatlog demo on http:\S+,/)
    const [address = ''] = /http:[^\s,]+/.exec(output) ?? []
    await page.goto(`${address}/site/`)
    await page.waitForFunction(() => 'getState' in (window as unknown as { chatlog: object }).chatlog)

    await appendFile(join(folder, 'src/script/tag.ts'), `\ndocument.title = 'a changed script'\n`)
    await expect(page).toHaveTitle('a changed script', { timeout: 90_000 })

    await appendFile(join(folder, 'demo/site/index.html'), '<p>a changed page</p>\n')
    await expect(page.getByText('a changed page')).toBeVisible()

    await appendFile(join(folder, 'src/collector/theme.css'), '\n/* a changed collector */\n')
    await expect.poll(() => liveViewStyle(address), { timeout: 90_000 }).toContain('a changed collector')

    dev.kill('SIGINT')
    expect(await ended).toBe(0)
    expect(output).not.toMatch(/error/i)
  } catch (cause) {
    throw new Error(`npm run dev said: ${output}`, { cause })
  } finally {
    dev.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
})
