import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'

const root = join(import.meta.dirname, '../..')

/** A source file, its path from the repository's root and what it imports at run time. */
export interface SourceFile {
  /** With forward slashes: `src/script/start.ts`. */
  path: string
  text: string
  syntax: ts.SourceFile
  /** Paths of our own files, from the root; names of packages as written (`hono/html`). Type-only imports are left out. */
  runTimeImports: string[]
}

/** Every TypeScript and JavaScript file under a folder of the repository; none where there is no such folder. */
export function sourceFilesOf(folder: string): SourceFile[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[jt]s$/.test(path))
    .map((path) => readSourceFile(join(folder, path).replaceAll('\\', '/')))
    .sort((a, b) => a.path.localeCompare(b.path))
}

/** Everything that a file brings along at run time, through our own files: their paths, and packages' names. */
export function everythingBroughtBy(file: SourceFile): string[] {
  const found = new Set<string>()
  const visit = (imports: readonly string[]): void => {
    for (const name of imports) {
      if (found.has(name)) continue
      found.add(name)
      if (existsSync(join(root, name))) visit(readSourceFile(name).runTimeImports)
    }
  }
  visit(file.runTimeImports)
  return [...found]
}

/** Names of the packages that the files of a folder import at run time, without Node's own: `hono`, `@hono/node-server`. */
export function packagesImportedBy(folder: string): string[] {
  const names = sourceFilesOf(folder)
    .flatMap(({ runTimeImports }) => runTimeImports)
    .filter((name) => !name.startsWith('node:') && !isOwnFile(name))
    .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'))
  return [...new Set(names)]
}

/** Also with a query: `page/main.js?raw` is a file's text, which imports nothing. */
const isOwnFile = (name: string): boolean => existsSync(join(root, name.replace(/\?.*$/, '')))

/** Files that were read already: most are reached from many others. */
const filesRead = new Map<string, SourceFile>()

function readSourceFile(path: string): SourceFile {
  const known = filesRead.get(path)
  if (known) return known
  const file = parseSourceFile(path)
  filesRead.set(path, file)
  return file
}

function parseSourceFile(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const runTimeImports = importedNames(syntax).map((name) =>
    name.startsWith('.') ? relative(root, join(root, dirname(path), name)).replaceAll('\\', '/') : name,
  )
  return { path, text, syntax, runTimeImports }
}

function importedNames(syntax: ts.SourceFile): string[] {
  const names: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && !isTypeOnlyImport(node)) names.push(textOf(node.moduleSpecifier))
    if (ts.isExportDeclaration(node) && node.moduleSpecifier && !node.isTypeOnly)
      names.push(textOf(node.moduleSpecifier))
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments
      if (argument && ts.isStringLiteral(argument)) names.push(argument.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(syntax)
  return names
}

/** `import type …`, and `import { type A, type B }`: both leave nothing behind in the built file. */
function isTypeOnlyImport({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false
  if (importClause.isTypeOnly) return true
  const { name, namedBindings } = importClause
  if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false
  return namedBindings.elements.length > 0 && namedBindings.elements.every((element) => element.isTypeOnly)
}

const textOf = (node: ts.Expression): string => (ts.isStringLiteral(node) ? node.text : '')
