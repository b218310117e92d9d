import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

test('the API reference is made without a warning: every public name has its docstring', async () => {
  const typedoc = join(root, 'node_modules/typedoc/bin/typedoc')
  const ended = run(process.execPath, [typedoc, '--emit', 'none'], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
  })

  // The console of a failure names the docstrings that are missing.
  const { stdout } = await ended.catch(({ stdout, stderr }) => ({ stdout: stdout + stderr }))

  expect(stdout).not.toMatch(/warning|error/)
})
