import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'acorn'
import ts from 'typescript'
import { expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { type SourceFile, sourceFilesOf } from '../structure/source-files.ts'

const root = join(import.meta.dirname, '../..')
const dist = join(root, 'dist')
const folders = ['script', 'observe', 'privacy', 'adapters', 'react', 'debug', 'lazy'].map((name) => `src/${name}`)
const pageFiles = folders.flatMap(sourceFilesOf)

/** Where a file has a node for which `find` has a word, with it. */
function found({ path, syntax }: SourceFile, find: (node: ts.Node) => string | false): string[] {
  const all: string[] = []
  const visit = (node: ts.Node): void => {
    const what = find(node)
    if (what) all.push(`${path}:${syntax.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${what}`)
    ts.forEachChild(node, visit)
  }
  visit(syntax)
  return all
}

test('what pages load calls nothing of the language that ES2020 has not, as the oldest supported browsers', () => {
  const program = ts.createProgram(
    pageFiles.map(({ path }) => join(root, path)),
    {
      ...{ strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true, types: ['react'] },
      ...{ noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, useDefineForClassFields: false },
      ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
      ...{ target: ts.ScriptTarget.ES2020, lib: ['lib.es2020.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'] },
    },
  )

  const problems = ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file && /src.(script|observe|privacy|adapters|react|debug|lazy)/.test(file.fileName))
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
  expect(problems).toEqual([])
})

test('no pattern in what pages load looks behind itself: Safari before 16.4 has a syntax error there', () => {
  const looks = (node: ts.Node) =>
    (ts.isRegularExpressionLiteral(node) || ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) &&
    /\(\?<[=!]/.test(node.getText()) &&
    node.getText()

  expect(pageFiles.flatMap((file) => found(file, looks))).toEqual([])
})

test('what pages load uses nothing that Prototype.js and MooTools put something else in the place of', () => {
  const replaced = (node: ts.Node) =>
    ts.isPropertyAccessExpression(node) &&
    ((node.expression.getText() === 'Array' && ['from', 'of'].includes(node.name.text)) ||
      (node.name.text === 'entries' && node.expression.getText() !== 'Object')) &&
    node.getText()

  expect(pageFiles.flatMap((file) => found(file, replaced))).toEqual([])
})

const tags = existsSync(dist) ? readdirSync(dist).filter((name) => /^chatlog.*\.js$/.test(name)) : []
const textOf = (name: string) => readFileSync(join(dist, name), 'latin1')

// `npm test` builds first. A unit run in a tree that was never built has nothing to read.
test.skipIf(!tags.length)('every built tag is ASCII: a page in any encoding reads it the same', () => {
  expect(tags.filter((name) => /[^\0-\x7f]/.test(textOf(name)))).toEqual([])
})

test.skipIf(!tags.length)('every file that pages load is written in ES2020', () => {
  const modules = readdirSync(dist).filter((name) => /^(index|observe|react|script-\w+)\.js$/.test(name))
  const adapters = readdirSync(join(dist, 'adapters')).flatMap((name) => (/\.js$/.test(name) ? `adapters/${name}` : []))

  const refused = [...tags, ...modules, ...adapters].flatMap((name) => {
    try {
      parse(textOf(name), { ecmaVersion: 2020, sourceType: tags.includes(name) ? 'script' : 'module' })
      return /\(\?<[=!]/.test(textOf(name)) ? [`${name} looks behind`] : []
    } catch (cause) {
      return [`${name}: ${cause}`]
    }
  })
  expect(refused).toEqual([])
})

test('the documents name the oldest supported browsers that package.json names', () => {
  const { browserslist } = packageJson
  const stated = /^- \*\*Oldest\*\*: (.*)$/m.exec(readFileSync(join(root, 'docs/evidence/engines.md'), 'utf8'))?.[1]

  expect(stated).toBe(browserslist.map((one) => one.replace('>= ', '')).join(', '))
})
