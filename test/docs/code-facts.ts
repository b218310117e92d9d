import ts from 'typescript'
import { sourceFilesOf } from '../structure/source-files.ts'

const sources = sourceFilesOf('src')

const declarations = sources.flatMap(({ syntax }) => {
  const found: (ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.VariableDeclaration)[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isVariableDeclaration(node)) {
      found.push(node)
    }
    ts.forEachChild(node, visit)
  }
  visit(syntax)
  return found
})

function declarationOf(name: string) {
  const found = declarations.find((declaration) => declaration.name.getText() === name)
  if (!found) throw new Error(`nothing in src is called ${name}`)
  return found
}

const membersOf = (name: string): ts.NodeArray<ts.TypeElement> => {
  const declaration = declarationOf(name)
  if (!ts.isInterfaceDeclaration(declaration)) throw new Error(`${name} is no interface`)
  return declaration.members
}

/** The members of an interface, in its order. */
export const memberNames = (interfaceName: string): string[] =>
  membersOf(interfaceName).map((member) => member.name?.getText() ?? '')

/** The members of an interface, each with the names of the fields of its object type. */
export const memberFields = (interfaceName: string): Record<string, string[]> =>
  Object.fromEntries(
    membersOf(interfaceName).map((member) => {
      const type = ts.isPropertySignature(member) ? member.type : undefined
      const fields = type && ts.isTypeLiteralNode(type) ? type.members.map(({ name }) => name?.getText() ?? '') : []
      return [member.name?.getText() ?? '', fields]
    }),
  )

/** The texts of a union type. */
export function unionTexts(typeName: string): string[] {
  const declaration = declarationOf(typeName)
  const type = ts.isTypeAliasDeclaration(declaration) ? declaration.type : undefined
  return [...(type?.getText() ?? '').matchAll(/'(\w+)'/g)].map((match) => match[1] ?? '')
}

/** The texts that match in the script's own code, types left out; the pattern's first group is the text. */
export const textsSaid = (pattern: RegExp, files = /^src\/script\/(?!chatlog\.ts)/): Set<string> =>
  new Set(
    sources
      .filter(({ path }) => files.test(path))
      .flatMap(({ text }) => [...text.matchAll(pattern)].map((match) => match[1] ?? '')),
  )

/** The number that a constant, or a member of one, has. @throws Error when no such constant is a number by itself */
export function numberOf(name: string): number {
  for (const { text } of sources) {
    const [, expression] = new RegExp(`\\b${name}(?: =|:) ([\\d_ */.]+)(?:\\n| [},])`).exec(text) ?? []
    if (expression === undefined) continue
    return expression
      .replaceAll('_', '')
      .split('*')
      .reduce((product, factor) => product * Number(factor), 1)
  }
  throw new Error(`no constant ${name} in src has a number`)
}
