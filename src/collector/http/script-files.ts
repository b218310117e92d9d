import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress } from 'node:zlib'
import packageJson from '../../../package.json' with { type: 'json' }

/** The scripts that pages load, without `.js`. */
const names = ['chatlog', 'chatlog-observe', 'chatlog-lazy', 'chatlog-core', 'chatlog-debug'] as const

/** A script as pages load it. */
export type ScriptFile = {
  /** `chatlog.js`: always that of the collector's version. */
  name: string
  /** `chatlog-0.1.0.js`: under this name the bytes never change. */
  immutableName: string
  /** `sha384-…`, for the attribute of that name. */
  integrity: string
  body: Uint8Array<ArrayBuffer>
  brotli: Uint8Array<ArrayBuffer>
}

/** The scripts of the package, read when somebody asks for one. */
export type ScriptFiles = {
  /** Every name under which a script is served. */
  names: readonly string[]
  /** @returns `null` when there is no script of this name, or it isn't built */
  find(name: string): Promise<ScriptFile | null>
}

/** Where the built package has its scripts: beside the built collector. */
const builtFolder = dirname(fileURLToPath(import.meta.url))

/** @param folder that holds `chatlog.js` and the others @defaultValue the folder of the built collector */
export function createScriptFiles(folder: string = builtFolder): ScriptFiles {
  const immutable = (name: string) => `${name}-${packageJson.version}.js`
  const read = new Map<string, Promise<ScriptFile | null>>()

  return {
    names: names.flatMap((name) => [`${name}.js`, immutable(name)]),
    find(given) {
      const name = names.find((name) => given === `${name}.js` || given === immutable(name))
      if (name === undefined) return Promise.resolve(null)
      const known = read.get(name)
      if (known) return known
      const file = readScript(folder, `${name}.js`, immutable(name)).catch(() => {
        // The script isn't built, or is being built anew: the next request looks again.
        read.delete(name)
        return null
      })
      read.set(name, file)
      return file
    },
  }
}

async function readScript(folder: string, name: string, immutableName: string): Promise<ScriptFile> {
  const body = new Uint8Array(await readFile(join(folder, name)))
  const integrity = `sha384-${createHash('sha384').update(body).digest('base64')}`
  const brotli = new Uint8Array(await promisify(brotliCompress)(body))
  return { name, immutableName, integrity, body, brotli }
}
