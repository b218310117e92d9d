import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { sourceFilesOf } from './source-files.ts'

const sources = sourceFilesOf('src/script')

/** Each group of fields, and the files that may change them. The types are read-only to all others. */
const owners: { fieldsOf: string; file: string; writers: RegExp }[] = [
  {
    fieldsOf: 'Transcript',
    file: 'src/script/conversation/transcript.ts',
    writers: /^src\/script\/conversation\/transcript\.ts$/,
  },
  {
    fieldsOf: 'Delivery',
    file: 'src/script/conversation/delivery.ts',
    writers: /^src\/script\/conversation\/delivery\.ts$/,
  },
  {
    fieldsOf: 'StorePosition',
    file: 'src/script/store/log-position.ts',
    writers: /^src\/script\/store\/log-position\.ts$/,
  },
]

/** Methods that change what they are called on. */
const mutators = /^(set|add|delete|clear|push|splice|sort|reverse|shift|unshift|pop)$/

function fieldsOf(name: string, path: string): { name: string; readOnly: boolean }[] {
  const file = sources.find((source) => source.path === path)
  const fields: { name: string; readOnly: boolean }[] = []
  file?.syntax.forEachChild((node) => {
    if (!ts.isInterfaceDeclaration(node) || node.name.text !== name) return
    for (const member of node.members) {
      if (!ts.isPropertySignature(member) || !member.name) continue
      const readOnly = member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword) ?? false
      fields.push({ name: member.name.getText(), readOnly })
    }
  })
  return fields
}

/** `path: expression` for each place that assigns to a field of that name, or changes the collection in it. */
function writesTo(names: readonly string[]): { path: string; text: string }[] {
  const isField = (node: ts.Node): boolean => ts.isPropertyAccessExpression(node) && names.includes(node.name.text)
  const found: { path: string; text: string }[] = []
  for (const { path, syntax } of sources) {
    const visit = (node: ts.Node): void => {
      const assigns =
        ts.isBinaryExpression(node) &&
        node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
        node.operatorToken.kind <= ts.SyntaxKind.LastAssignment &&
        isField(node.left)
      const counts =
        (ts.isPostfixUnaryExpression(node) || ts.isPrefixUnaryExpression(node)) &&
        [ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken].includes(node.operator) &&
        isField(node.operand)
      const changes =
        ts.isCallExpression(node) &&
        ts.isPropertyAccessExpression(node.expression) &&
        mutators.test(node.expression.name.text) &&
        isField(node.expression.expression)
      if (assigns || counts || changes) {
        found.push({ path, text: node.getText() })
      }
      ts.forEachChild(node, visit)
    }
    visit(syntax)
  }
  return found
}

/** Fields of other things that are called the same: an answer's own count of bytes, an entry of a list. */
const ofSomethingElse = /^(wire|armed|request|turn|job|batch)\./

describe('every piece of a conversation’s state', () => {
  test.each(owners)('of $fieldsOf is changed by its owner alone', ({ fieldsOf: name, file, writers }) => {
    const names = fieldsOf(name, file).map((field) => field.name)
    const strangers = writesTo(names).filter(({ path, text }) => !writers.test(path) && !ofSomethingElse.test(text))

    expect(names.length).toBeGreaterThanOrEqual(5)
    expect(strangers).toEqual([])
  })

  test.each(['Transcript', 'Delivery', 'StorePosition'])('of %s is read-only to whoever holds it', (name) => {
    const { file } = owners.find((owner) => owner.fieldsOf === name) ?? { file: '' }

    expect(fieldsOf(name, file).filter(({ readOnly }) => !readOnly)).toEqual([])
  })
})

test.each([
  ['the API key', /let \{ apiKey \}/, 'src/script/instance.ts'],
  ['who is signed in', /let user\b/, 'src/script/who/signed-in-user.ts'],
  ['consent', /let consent\b/, 'src/script/consented.ts'],
])('%s lives in one place', (_what, declaration, path) => {
  expect(sources.filter(({ text }) => declaration.test(text)).map((source) => source.path)).toEqual([path])
})

test('options are given once and never changed', () => {
  const changed = sources.filter(({ text }) => /delete options\.|options\.\w+ (=|\?\?=|\|\|=) /.test(text))

  expect(changed.map(({ path }) => path)).toEqual([])
})
