import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { codesIn, tablesOf } from '../contract/markdown-tables.ts'
import { everythingBroughtBy, sourceFilesOf } from '../structure/source-files.ts'
import { numberOf } from './code-facts.ts'

const root = join(import.meta.dirname, '../..')
const sources = sourceFilesOf('src')
const [, diagram = ''] = /```mermaid\n(.*?)```/s.exec(readFileSync(join(root, 'docs/architecture.md'), 'utf8')) ?? []

const fileByName = new Map(
  [...diagram.matchAll(/^ *(\w+)\["([\w/-]+\.ts)/gm)].map(([, name = '', path = '']) => [name, `src/${path}`]),
)
const arrows = [...diagram.matchAll(/^ *(\w+) (-->|== ".*" ==>) (\w+)$/gm)].map(
  ([, from = '', kind = '', to = '']) => ({ from: fileByName.get(from) ?? from, kind, to: fileByName.get(to) ?? to }),
)
const arrowsOf = (kind: string) => arrows.filter((arrow) => arrow.kind === kind)

/** What a file imports, types included: where dependencies are parameters, the type is what it knows of them. */
function importedBy(path: string): string[] {
  const text = sources.find((file) => file.path === path)?.text ?? ''
  return [...text.matchAll(/from '(\.[^']+)'/g)].map(([, name = '']) => posix.join(dirname(path), name))
}

const tableWith = (column: string) =>
  tablesOf('docs/architecture.md').find(([row]) => row !== undefined && column in row) ?? []

const importsAll = (path: string, wanted: string[]) => wanted.every((name) => importedBy(path).includes(name))

describe('the diagram of docs/architecture.md', () => {
  test('names files that are there, and draws arrows between them alone', () => {
    const paths = sources.map(({ path }) => path)
    const drawn = [...fileByName.values(), ...arrows.flatMap(({ from, to }) => [from, to])]

    expect(arrows.length).toBeGreaterThan(20)
    expect(drawn.filter((path) => !paths.includes(path))).toEqual([])
  })

  test('has an arrow only where the one file imports the other', () => {
    expect(arrowsOf('-->').filter(({ from, to }) => !importsAll(from, [to]))).toEqual([])
  })

  test('leaves out nothing that start.ts puts together: the rest is in the table below it', () => {
    const beside = tableWith('beside the way').flatMap((row) => codesIn(row['beside the way']))
    const shown = [...fileByName.values(), ...beside.map((name) => `src/${name}`)]
    const start = sources.find(({ path }) => path === 'src/script/start.ts')

    expect(start?.runTimeImports.filter((path) => !shown.includes(path))).toEqual([])
    expect(beside.filter((name) => !start?.runTimeImports.includes(`src/${name}`))).toEqual([])
  })

  test('has the network as the only way from the page to the collector', () => {
    const [network] = arrows.filter(({ kind }) => kind.startsWith('=='))
    const brought = sources.filter(({ path }) => path.startsWith('src/script/')).flatMap(everythingBroughtBy)

    expect(network).toMatchObject({
      from: 'src/script/deliver/transport.ts',
      to: 'src/collector/http/create-collector.ts',
    })
    expect(brought.filter((path) => path.startsWith('src/collector/'))).toEqual([])
  })
})

test('docs/architecture.md can be read in one go: 150 lines at most', () => {
  const lines = readFileSync(join(root, 'docs/architecture.md'), 'utf8').trimEnd().split('\n')

  expect(lines.length).toBeLessThanOrEqual(150)
})

test('the delivery protocol states the times of the code', () => {
  const document = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
  const [, protocol = ''] = /## The delivery protocol(.*?)\n## /s.exec(document) ?? []
  const seconds = (name: string) => `${numberOf(name) / 1_000} s`

  expect(protocol).toContain(`after ${seconds('lockWaitMs')} a tab sends without the lock`)
  expect(protocol).toContain(`may arrive for ${seconds('unsettledMs')} `)
  expect(protocol).toContain(`${seconds('unsettledMs')}, and for streams ${seconds('staleStreamMs')}, stand in`)
  expect(protocol).toContain(`in bursts of ${numberOf('burst')}, then every ${numberOf('armEveryMs')} ms`)
})

test('the table of folders names every folder of src', () => {
  const named = tableWith('folder')
    .flatMap(({ folder }) => codesIn(folder))
    .filter((name) => name.startsWith('src/'))

  expect(named.sort()).toEqual(
    readdirSync(join(root, 'src'))
      .map((name) => `src/${name}`)
      .sort(),
  )
})
