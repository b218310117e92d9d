import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** @typedef {{ web: string, api: string }} DemoKeys */

/**
 * The demo's two keys: made at the first start and kept beside the data, for the store holds only their hashes.
 *
 * @param {string} dataFolder
 * @param {(type: 'web' | 'api') => Promise<string>} addKey makes a key and gives it once
 * @param {(key: string) => Promise<boolean>} isWorking
 * @returns {Promise<DemoKeys>}
 */
export async function openDemoKeys(dataFolder, addKey, isWorking) {
  const path = join(dataFolder, 'demo-keys.json')
  const kept = await readKeys(path)
  if (kept && (await isWorking(kept.web)) && (await isWorking(kept.api))) return kept
  const keys = { web: await addKey('web'), api: await addKey('api') }
  await mkdir(dataFolder, { recursive: true })
  // The API key reads everything that was said: for the owner of the folder alone.
  await writeFile(path, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 })
  return keys
}

/**
 * @param {string} path
 * @returns {Promise<DemoKeys | null>} `null` when there are none yet, or what is there is no such file
 */
async function readKeys(path) {
  try {
    const { web, api } = JSON.parse(await readFile(path, 'utf8'))
    return typeof web === 'string' && typeof api === 'string' ? { web, api } : null
  } catch {
    // Not made yet, or damaged: new ones are made, the old ones go on working where they are used.
    return null
  }
}
