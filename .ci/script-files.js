import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** @typedef {{ name: string, immutableName: string, integrity: string }} ScriptFile */

/**
 * The files that script tags load, as they are built: `immutableName` stands for these very bytes for ever, `integrity`
 * is their hash for the attribute of that name.
 *
 * @returns {ScriptFile[]}
 * @see https://www.w3.org/TR/SRI/
 */
export function scriptFiles() {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return ['chatlog', 'chatlog-observe', 'chatlog-lazy', 'chatlog-core', 'chatlog-debug'].map((name) => {
    const bytes = readFileSync(new URL(`../dist/${name}.js`, import.meta.url))
    return {
      name: `${name}.js`,
      immutableName: `${name}-${version}.js`,
      integrity: `sha384-${createHash('sha384').update(bytes).digest('base64')}`,
    }
  })
}
