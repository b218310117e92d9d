import ts from 'typescript'
import type { SourceFile } from './source-files.ts'

/**
 * What ties code to a real page, its clock or its network. Pure built-ins (`URL`, `TextEncoder`, `Blob`) aren't named:
 * they behave the same everywhere.
 */
const pageGlobals = new Set([
  'window',
  'self',
  'globalThis',
  'document',
  'navigator',
  'location',
  'history',
  'performance',
  'crypto',
  'localStorage',
  'sessionStorage',
  'indexedDB',
  'caches',
  'fetch',
  'fetchLater',
  'XMLHttpRequest',
  'BroadcastChannel',
  'addEventListener',
  'removeEventListener',
  'setTimeout',
  'setInterval',
  'clearTimeout',
  'clearInterval',
  'requestAnimationFrame',
  'requestIdleCallback',
  'queueMicrotask',
])

/** Names of the page's globals that a file reads, each with its line: `fetch (12)`. Types and own names don't count. */
export function pageGlobalsReadBy({ syntax }: SourceFile): string[] {
  const ownNames = namesDeclaredIn(syntax)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return
    if (ts.isIdentifier(node) && pageGlobals.has(node.text) && !ownNames.has(node.text) && !isOnlyAName(node)) {
      found.push(`${node.text} (${syntax.getLineAndCharacterOfPosition(node.getStart()).line + 1})`)
    }
    ts.forEachChild(node, visit)
  }
  visit(syntax)
  return found
}

function namesDeclaredIn(syntax: ts.SourceFile): Set<string> {
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isImportSpecifier(node)
    if (declares && node.name && ts.isIdentifier(node.name)) names.add(node.name.text)
    ts.forEachChild(node, visit)
  }
  visit(syntax)
  return names
}

/**
 * `platform.fetch`, `{ fetch: … }` and a method called `fetch` name something else, and `typeof document` only asks
 * whether there is one. `{ fetch }` reads the global.
 */
function isOnlyAName(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node
  if (ts.isTypeOfExpression(parent)) return true
  if (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent) || ts.isPropertySignature(parent)) {
    return parent.name === node
  }
  return false
}
