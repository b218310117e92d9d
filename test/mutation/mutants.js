import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Instrumenter } from '@stryker-mutator/instrumenter'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * @typedef {import('@stryker-mutator/api/core').Mutant} Mutant
 * @typedef {{ mutants: readonly Mutant[], sources: Map<string, string> }} Mutated `sources`: by path, with every mutant in it as
 *   a switch; `id`s are the same each time for the same files
 */

/**
 * Breaks each expression of some source files, one at a time.
 *
 * @param {readonly string[]} [only] files, relative to the project; none for all of `src/script` and `src/contract`
 * @returns {Promise<Mutated>}
 */
export async function mutate(only = []) {
  const all = ['src/contract', 'src/script'].flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`),
  )
  const wrong = only.filter((path) => !all.includes(path))
  if (wrong.length > 0) throw new Error(`not a file of src/script or src/contract: ${wrong.join(', ')}`)
  const files = all
    .filter((path) => only.length === 0 || only.includes(path))
    .map((path) => ({ name: root + path, content: readFileSync(root + path, 'utf8'), mutate: true }))
  const instrumenter = new Instrumenter(/** @type {any} */ (quiet))
  const result = await instrumenter.instrument(files, { plugins: null, excludedMutations: [], ignorers: [] })
  return { mutants: result.mutants, sources: new Map(result.files.map(({ name, content }) => [name, content])) }
}

/** Where the last run wrote down what was noticed. */
export const lastPath = fileURLToPath(new URL('last.json', import.meta.url))

/**
 * What the last run found.
 *
 * @returns {Record<string, string>} by `keyOf` a mutant, the test that noticed it
 */
export function lastNoticed() {
  return existsSync(lastPath) ? JSON.parse(readFileSync(lastPath, 'utf8')) : {}
}

/**
 * What a mutant does, and where: the same as long as its file is.
 *
 * @param {Mutant} mutant
 */
export function keyOf({ fileName, location: { start, end }, replacement }) {
  return [relative(root, fileName), start.line, start.column, end.line, end.column, replacement].join(':')
}

const quiet = { isDebugEnabled: () => false, debug() {}, info() {}, warn: console.warn }
