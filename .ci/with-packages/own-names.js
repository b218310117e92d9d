// The property names that never leave the script: the minifier may shorten them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Whatever these declare is known by its name to the page, the wire or the stored rows. */
const borders = [
  ...['chatlog.ts', 'options.ts', 'conversation/rows.ts', 'conversation/message.ts', 'store/row-log.ts'],
  ...['store/tab-news.ts', 'who/memo.ts'],
]
  .map((name) => `src/script/${name}`)
  // Two built files hand each other what it declares.
  .concat('src/lazy/hand-over.ts')

/** Known to the browser by their names, and in no declaration that is read here. */
const browserNames = ['fetchLater', 'globalPrivacyControl', 'prerendering', 'console', 'init']

/**
 * The members of interfaces in `src/script`, but for those whose name also means something outside.
 *
 * @returns {string[]}
 */
export function ownNames() {
  const inside = filesOf('src/script').filter((path) => !borders.includes(path))
  const outside = new Set([
    ...[...borders, 'src/contract/conversation.ts'].flatMap((path) => declaredNames(join(root, path))),
    ...declaredNames(join(ts.getDefaultLibFilePath({}), '../lib.dom.d.ts')),
    ...['es5', 'es2015.core', 'es2015.collection', 'es2015.promise', 'es2022.array'].flatMap((name) =>
      declaredNames(join(ts.getDefaultLibFilePath({}), `../lib.${name}.d.ts`)),
    ),
    ...declaredNames(join(root, 'node_modules/@types/js-cookie/index.d.ts')),
    ...browserNames,
    // What is said as a text may be looked up by it.
    ...['script', 'lazy', 'observe', 'privacy', 'debug'].flatMap((name) => textsIn(`src/${name}`)),
  ])
  return [...new Set(inside.flatMap((path) => declaredNames(join(root, path))))].filter((name) => !outside.has(name))
}

/** @param {string} path */
const declaredNames = (path) =>
  found(path, (node) =>
    (ts.isPropertySignature(node) || ts.isMethodSignature(node)) && ts.isIdentifier(node.name) ? node.name.text : null,
  )

/**
 * The TypeScript files of a folder and of the folders in it, from the root.
 *
 * @param {string} folder
 */
const filesOf = (folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)

/** @param {string} folder */
const textsIn = (folder) =>
  filesOf(folder).flatMap((path) =>
    found(join(root, path), (node) => (ts.isStringLiteral(node) && !isPicked(node) ? node.text : null)),
  )

/**
 * A member's name in `Pick<Type, 'name'>` or `Type['name']`: the built file has no such text.
 *
 * @param {ts.Node} node
 */
function isPicked(node) {
  const type = node.parent
  if (!type || !ts.isLiteralTypeNode(type)) return false
  const holder = ts.isUnionTypeNode(type.parent) ? type.parent.parent : type.parent
  return ts.isIndexedAccessTypeNode(holder) || /^(Pick|Omit)</.test(holder.getText())
}

/**
 * @param {string} path
 * @param {(node: ts.Node) => string | null} textOf
 */
function found(path, textOf) {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  /** @type {string[]} */
  const texts = []
  /** @param {ts.Node} node */
  const visit = (node) => {
    const text = textOf(node)
    if (text !== null) texts.push(text)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return texts
}
