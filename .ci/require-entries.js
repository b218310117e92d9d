// The last step of `npm run build`: what `require('chatlog')` finds, a file of CommonJS beside each module. They hold no
// code of their own (Node 20.19 and bundlers require modules), so a page never gets chatlog twice, once in each format.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** @typedef {{ types: string, default: string }} Target */

const root = fileURLToPath(new URL('..', import.meta.url))

/** @type {{ exports: Record<string, string | { import: Target, require: Target }> }} */
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** What may be required of an entry that waits while it loads, which `require` can't: the collector's command line. */
const withoutWaiting = new Map([['./dist/collector.js', './dist/collector-library.js']])

for (const entry of Object.values(exports)) if (typeof entry !== 'string') await writeRequireEntry(entry)

/** @param {{ import: Target, require: Target }} entry */
async function writeRequireEntry({ import: module, require: wanted }) {
  const names = Object.keys(await import(pathToFileURL(join(root, module.default)).href))
  const code = pathFrom(wanted.default, withoutWaiting.get(module.default) ?? module.default)
  write(
    wanted.default,
    `const { ${names.join(', ')} } = require('${code}')\nmodule.exports = { ${names.join(', ')} }\n`,
  )

  const types = `'${pathFrom(wanted.types, module.types)}'`
  const mode = "{ 'resolution-mode': 'import' }"
  const values = names.map(
    (name) => `export declare const ${name}: typeof import(${types}, { with: ${mode} }).${name}\n`,
  )
  write(wanted.types, `export type * from ${types} with ${mode}\n${values.join('')}`)
}

/**
 * @param {string} from a file, from the root
 * @param {string} to
 */
function pathFrom(from, to) {
  return relative(dirname(from), to).replaceAll('\\', '/')
}

/**
 * @param {string} path from the root
 * @param {string} text
 */
function write(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
