import { describe, expect, test } from 'vitest'
import shownPackages from '../../demo/widgets/package.json' with { type: 'json' }
import packageJson from '../../package.json' with { type: 'json' }
import presetPackages from '../e2e/real-widgets/package.json' with { type: 'json' }
import widgetPackages from '../e2e/widgets/package.json' with { type: 'json' }
import { packagesImportedBy } from './source-files.ts'

const { dependencies, devDependencies, peerDependencies, peerDependenciesMeta, engines } = packageJson
const exactVersion = /^\d+\.\d+\.\d+(-[\w.]+)?$/

test('every package it is built from has one exact version', () => {
  const ranges = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !exactVersion.test(version),
  )

  expect(ranges).toEqual([])
})

test('the widgets that demos show are those that the tests record, in the same versions', () => {
  const tested = [presetPackages, widgetPackages]
  expect(Object.assign({}, ...tested.map(({ dependencies }) => dependencies))).toMatchObject(shownPackages.dependencies)
  expect(Object.assign({}, ...tested.map(({ overrides }) => overrides))).toMatchObject(shownPackages.overrides)
})

test('Node 20.19 is enough', () => {
  expect(engines.node).toBe('>=20.19')
})

test('installing it for the script installs nothing that only the collector needs', () => {
  const scriptPackages = packagesImportedBy('src/script')
  const forced = Object.keys(dependencies).filter((name) => !scriptPackages.includes(name))
  const requiredPeers = Object.keys(peerDependencies).filter(
    (name) => !peerDependenciesMeta[name as keyof typeof peerDependenciesMeta]?.optional,
  )

  expect({ forced, requiredPeers }).toEqual({ forced: [], requiredPeers: [] })
})

test('everything that the collector imports is named, as a dependency or an optional peer', () => {
  // What the live view plots and reads Markdown with is text in the built file, and imported by browsers alone. The last is
  // of 1 KB, and built in.
  const builtIn = ['uplot', 'markdown-it', 'sql-template-tag']
  const named = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies), ...builtIn])
  const imported = [...packagesImportedBy('src/collector'), ...packagesImportedBy('src/contract')]

  expect(imported.filter((name) => !named.has(name))).toEqual([])
})

test('a peer may be any version compatible with the one that the tests run with', () => {
  const tested = Object.keys(peerDependencies).map((name) => [
    name,
    `^${devDependencies[name as keyof typeof devDependencies]}`,
  ])

  // Pages choose their own React: the hook uses nothing of it but an effect.
  expect(peerDependencies).toEqual({ ...Object.fromEntries(tested), react: '>=18' })
})

describe('every entry', () => {
  const { './package.json': _itself, ...entries } = packageJson.exports

  test.each(Object.entries(entries))('%s has types first, for import and for require', (_name, entry) => {
    expect(Object.entries(entry).map(([format, target]) => [format, Object.keys(target)])).toEqual([
      ['import', ['types', 'default']],
      ['require', ['types', 'default']],
    ])
  })

  test('has its types where compilers look that know no exports', () => {
    const [first, ...others] = Object.entries(entries).map(([name, { import: module }]) => [
      name.slice(2),
      module.types,
    ])

    expect(packageJson.types).toBe(first?.[1])
    expect(Object.entries(packageJson.typesVersions['*']).map(([name, [path]]) => [name, `./${path}`])).toEqual(others)
  })
})
