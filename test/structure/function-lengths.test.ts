import ts from 'typescript'
import { expect, test } from 'vitest'
import { sourceFilesOf } from './source-files.ts'

const mostLines = 80

/** Functions that may be longer, and why. Whoever makes one of them fit takes its line away. */
const excepted: Record<string, string> = {
  'src/testing/take-over.ts: takeOver':
    'Playwright carries it into the page as one text: it has nothing of its file there',
}

/** Lines that are only types or only markup: a type list or a page's text is read otherwise than code is. */
function linesSetAside(body: ts.Node, syntax: ts.SourceFile): number {
  if (isTypeList(body)) return linesOf(body, syntax)
  if (ts.isTemplateExpression(body) || ts.isNoSubstitutionTemplateLiteral(body)) return linesOf(body, syntax) - 1
  let lines = 0
  ts.forEachChild(body, (child) => {
    lines += linesSetAside(child, syntax)
  })
  return lines
}

const isTypeList = (node: ts.Node): boolean => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)

const linesOf = (node: ts.Node, syntax: ts.SourceFile): number => {
  const lineAt = (position: number) => syntax.getLineAndCharacterOfPosition(position).line
  return lineAt(node.getEnd()) - lineAt(node.getStart(syntax)) + 1
}

/** What the function is called, or by whom it is given to whom: `createFlusher`, `extend()`, `line 12`. */
function nameOf(node: ts.SignatureDeclaration, syntax: ts.SourceFile): string {
  if (node.name) return node.name.getText(syntax)
  const { parent } = node
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent)) {
    return parent.name.getText(syntax)
  }
  if (ts.isCallExpression(parent)) return `${parent.expression.getText(syntax).slice(0, 40)}()`
  return node.kind === ts.SyntaxKind.Constructor ? 'constructor' : 'unnamed'
}

/** The functions of a source text that are too long: `file: name`, with the lines of its body. */
function longFunctionsIn(path: string, syntax: ts.SourceFile): Map<string, number> {
  const found = new Map<string, number>()
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const body = node.body as ts.Node
      const lines = linesOf(body, syntax) - linesSetAside(body, syntax)
      if (lines > mostLines) found.set(`${path}: ${nameOf(node, syntax)}`, lines)
    }
    ts.forEachChild(node, visit)
  }
  visit(syntax)
  return found
}

test(`no function of src has a body of more than ${mostLines} lines, types and markup aside`, () => {
  const long = sourceFilesOf('src').flatMap(({ path, syntax }) => [...longFunctionsIn(path, syntax)])

  expect(Object.fromEntries(long.filter(([name]) => !(name in excepted)))).toEqual({})
})

test('every function that is excepted is still too long', () => {
  const long = new Set(sourceFilesOf('src').flatMap(({ path, syntax }) => [...longFunctionsIn(path, syntax).keys()]))

  expect(Object.keys(excepted).filter((name) => !long.has(name))).toEqual([])
})

test('a function, a method and an arrow of 81 lines are found, and markup and types are not counted', () => {
  const statements = 'act()\n'.repeat(mostLines)
  const text = [
    `function declared() {\n${statements}}`,
    `const arrow = () => {\n${statements}}`,
    `class Made { method() {\n${statements}} }`,
    `given(() => {\n${statements}})`,
    `const page = () => html\`\n${'<p></p>\n'.repeat(200)}\``,
    `function typed() {\n  interface List {\n${'a: 1\n'.repeat(100)}}\n}`,
    `function short() {\n${'act()\n'.repeat(mostLines - 2)}}`,
  ].join('\n')
  const syntax = ts.createSourceFile('some.ts', text, ts.ScriptTarget.Latest, true)

  const found = [...longFunctionsIn('some.ts', syntax).keys()]

  expect(found).toEqual(['declared', 'arrow', 'method', 'given()'].map((name) => `some.ts: ${name}`))
})
