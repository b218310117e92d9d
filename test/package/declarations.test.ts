import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }

const root = join(import.meta.dirname, '../..')
const { './package.json': _itself, ...entries } = packageJson.exports

/** Packages that declarations import, each with the files that do. */
function packagesOf(
  file: string,
  seen = new Set<string>(),
  found = new Map<string, string[]>(),
): Map<string, string[]> {
  if (seen.has(file)) return found
  seen.add(file)
  for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(/^(?:im|ex)port .*from ['"]([^'"]+)['"]/gm)) {
    if (!from.startsWith('.')) found.set(from, [...(found.get(from) ?? []), relative(root, file)])
    else packagesOf(join(dirname(file), from.replace(/(\.ts|\.js)?$/, '.d.ts')), seen, found)
  }
  return found
}

// `npm test` builds first. A unit run in a tree that was never built has no declarations.
test.skipIf(!existsSync(join(root, 'dist/script/index.d.ts')))(
  'the declarations of every entry import only packages that their users have, or are told to install',
  () => {
    const named = [...Object.keys(packageJson.dependencies), ...Object.keys(packageJson.peerDependencies)]
    const isNamed = (from: string) => /^node:/.test(from) || named.some((name) => `${from}/`.startsWith(`${name}/`))

    const imported = Object.values(entries).map((entry) => packagesOf(join(root, entry.import.types)))

    const others = imported.flatMap((found) => [...found].filter(([from]) => !isNamed(from)))
    expect(others).toEqual([])
    // It has read something: the collector's declarations do name a package.
    expect(imported.flatMap((found) => [...found.keys()])).toContain('hono')
  },
)
