import { builtinModules } from 'node:module'
import { describe, expect, test } from 'vitest'
import { pageGlobalsReadBy } from './globals.ts'
import { everythingBroughtBy, type SourceFile, sourceFilesOf } from './source-files.ts'

const pageFolders = ['src/script', 'src/lazy', 'src/observe', 'src/privacy', 'src/adapters']
const pageFiles = pageFolders.flatMap(sourceFilesOf)
// The one door to the page, the part of it that keeps rows in IndexedDB, and the tag: it reads its own element, and
// puts the instance where pages look for it. Observing has a door of its own, and so has the lazy tag: its page, the
// element that loads the core, and the core, which looks at its element.
const platformFiles = [
  'src/script/platform.ts',
  'src/script/store/row-log.ts',
  'src/script/start-tag.ts',
  'src/observe/read/page.ts',
  'src/lazy/lazy-page.ts',
  'src/lazy/load-core.ts',
  'src/lazy/core-tag.ts',
  'src/lazy/tag.ts',
]
const collectorFiles = sourceFilesOf('src/collector')

const isIn = (folder: string) => (name: string) => name.startsWith(`${folder}/`)
const isPackage = (name: string) => (imported: string) => imported === name || imported.startsWith(`${name}/`)
const isFromNode = (name: string) => name.startsWith('node:') || builtinModules.includes(name)

/** `path -> import` for each run-time import, direct or not, that the test forbids. */
const forbidden = (files: readonly SourceFile[], isForbidden: (imported: string) => boolean): string[] =>
  files.flatMap((file) =>
    everythingBroughtBy(file)
      .filter(isForbidden)
      .map((imported) => `${file.path} -> ${imported}`),
  )

describe('what the page loads', () => {
  test('brings nothing of the collector', () => {
    expect(forbidden(pageFiles, isIn('src/collector'))).toEqual([])
  })

  test('brings no zod: it takes types and limits from the contract, and parses nothing with it', () => {
    expect(forbidden(pageFiles, isPackage('zod'))).toEqual([])
  })

  test('brings nothing from Node', () => {
    expect(forbidden(pageFiles, isFromNode)).toEqual([])
  })

  test('reads the clock, the network, storage and the document through the platform alone', () => {
    const reads = pageFiles
      .filter(({ path }) => !platformFiles.includes(path))
      .flatMap((file) => pageGlobalsReadBy(file).map((name) => `${file.path}: ${name}`))

    expect(reads).toEqual([])
  })
})

describe('the other borders', () => {
  test('the collector brings nothing of the script', () => {
    expect(forbidden(collectorFiles, isIn('src/script'))).toEqual([])
  })

  test('the contract brings nothing of either side, and no package but zod', () => {
    const brought = forbidden(sourceFilesOf('src/contract'), (name) => !isIn('src/contract')(name))

    expect(brought.filter((line) => !/ -> (node_modules\/)?zod$/.test(line))).toEqual([])
  })
})
