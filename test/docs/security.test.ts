import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { codesIn, type Row, tablesOf } from '../contract/markdown-tables.ts'

const root = join(import.meta.dirname, '../..')
const { dependencies, devDependencies, peerDependencies } = packageJson

test('every threat of docs/security.md is held off by a test that is there', () => {
  const rows = tablesOf('docs/security.md').find(([row]) => row !== undefined && 'held by' in row) ?? []

  expect(rows.length).toBeGreaterThan(8)
  expect(rows.filter((row) => !existsSync(join(root, codesIn(row['held by'])[0] ?? 'none')))).toEqual([])
})

test('docs/dependencies.md names every package, with what it is there for', () => {
  const [inPage = [], peers = [], toBuild = []] = tablesOf('docs/dependencies.md')
  const namesIn = (rows: Row[]) => rows.map((row) => codesIn(Object.values(row)[0])[0] ?? '').sort()
  const toBuildAlone = Object.keys(devDependencies).filter((name) => !(name in peerDependencies))

  expect(namesIn(inPage)).toEqual(Object.keys(dependencies).sort())
  expect(namesIn(peers)).toEqual(Object.keys(peerDependencies).sort())
  expect(namesIn(toBuild)).toEqual(toBuildAlone.sort())
  expect([...inPage, ...peers, ...toBuild].filter((row) => Object.values(row).at(-1) === '')).toEqual([])
})

test('no package runs a script when it is installed, and each has the hash that it must have', () => {
  const { '': _root, ...packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const locked = Object.entries<{ hasInstallScript?: boolean; integrity?: string }>(packages)

  expect(locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([name]) => name)).toEqual([])
  expect(locked.filter(([, { integrity }]) => !integrity).map(([name]) => name)).toEqual([])
})

test('what is installed for the page has no dependencies of its own', () => {
  const own = Object.keys(dependencies).flatMap((name) => {
    const manifest = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'))
    return Object.keys(manifest.dependencies ?? {})
  })

  expect(own).toEqual([])
})
