import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scriptFiles } from '../../.ci/script-files.js'
import { createScriptFiles } from '../../src/collector/http/script-files.ts'
import { codesIn, tablesOf } from '../contract/markdown-tables.ts'

const dist = join(import.meta.dirname, '../../dist')

// `npm test` builds first. A unit run in a tree that was never built has nothing to hash.
const isBuilt = existsSync(join(dist, 'chatlog-debug.js'))

test.skipIf(!isBuilt)('docs/reference.md states the immutable names and hashes of the scripts as built', () => {
  const rows = tablesOf('docs/reference.md').find(([row]) => row !== undefined && '`integrity`' in row) ?? []
  const stated = rows.map((row) => Object.values(row).map((cell) => codesIn(cell)[0]))

  const built = scriptFiles().map(({ name, immutableName, integrity }) => [
    `dist/${name}`,
    `dist/${immutableName}`,
    integrity,
  ])
  expect(stated, '`npm run size` builds the scripts and writes their names and hashes into docs/reference.md').toEqual(
    built,
  )
})

test.skipIf(!isBuilt)('the immutable name stands for the same bytes', () => {
  for (const { name, immutableName } of scriptFiles()) {
    expect(readFileSync(join(dist, immutableName)).equals(readFileSync(join(dist, name))), immutableName).toBe(true)
  }
})

test.skipIf(!isBuilt)('the collector serves these bytes, and shows these names and hashes', async () => {
  const { find } = createScriptFiles(dist)

  for (const { name, immutableName, integrity } of scriptFiles()) {
    expect(await find(name)).toMatchObject({ name, immutableName, integrity })
    expect(await find(immutableName)).toBe(await find(name))
  }
})
