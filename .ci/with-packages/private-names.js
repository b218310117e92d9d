// Classes with `#names` in scripts for browsers that have none: lowered to WeakMaps they cost a twentieth of the file.
import ts from 'typescript'

/** What a `#name` is called then. No source has such a name; the minifier may shorten it. */
const prefix = 'private_'

/** The names that the plugin gives, for the minifier. */
export const privateNames = `${prefix}\\w+`

/**
 * `#name` becomes an ordinary member of a name of its own.
 *
 * @returns {import('vite').Plugin}
 */
export const privateMembersByName = () => ({
  name: 'private-members-by-name',
  enforce: 'pre',
  transform(code, path) {
    if (!/\/src\/.*\.ts$/.test(path) || !code.includes('#')) return null
    const file = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true)
    let named = code
    /** @param {ts.Node} node */
    const visit = (node) => {
      // From the end of the file to its beginning: what stands before keeps its place.
      const children = [...node.getChildren(file)]
      for (const child of children.reverse()) visit(child)
      if (!ts.isPrivateIdentifier(node)) return
      named = `${named.slice(0, node.getStart(file))}${prefix}${named.slice(node.getStart(file) + 1)}`
    }
    visit(file)
    return named === code ? null : { code: named, map: null }
  },
})
