import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

// `npm test` builds first. A unit run in a tree that was never built shows nothing to compilers.
test.skipIf(!existsSync(join(root, 'dist/script/index.d.ts')))(
  'what users compile against is what api/ says',
  async () => {
    const check = promisify(execFile)(process.execPath, [join(root, '.ci/with-packages/api-report.js'), '--check'])

    expect(await check.then(({ stdout }) => stdout).catch(({ stdout, stderr }) => stdout + stderr)).toBe('')
  },
)
