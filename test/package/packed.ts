import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { npm } from '../../.ci/npm.js'
import packageJson from '../../package.json' with { type: 'json' }

const root = join(import.meta.dirname, '../..')

/**
 * The file that `npm pack` makes of what is built now. Made once for all test files, and kept until something that goes
 * into it changes: packing takes longer than most of the tests of what is packed.
 *
 * @returns its path; it must not be changed
 */
export async function packedFile(): Promise<string> {
  const folder = join(root, 'node_modules/.cache/chatlog-packed')
  const made = join(folder, `chatlog-${stateOfFiles()}.tgz`)
  if (existsSync(made)) return made
  await mkdir(folder, { recursive: true })
  const own = await mkdtemp(join(folder, 'packing-'))
  await promisify(execFile)(...npm(['pack', '--pack-destination', own]), { cwd: root })
  const [name = ''] = await readdir(own)
  await rename(join(own, name), made)
  await rm(own, { recursive: true })
  const isOld = (name: string) => statSync(join(folder, name)).mtimeMs < Date.now() - 3_600_000
  await Promise.all((await readdir(folder)).filter(isOld).map((name) => rm(join(folder, name), { recursive: true })))
  return made
}

/** Size and time of each file that is packed, as one word. */
function stateOfFiles(): string {
  const hash = createHash('sha256')
  for (const name of ['package.json', 'README.md', 'LICENSE', ...packageJson.files]) {
    const path = join(root, name)
    if (!existsSync(path)) continue // a pattern that leaves something out
    const inFolder = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : ['']
    for (const inside of inFolder.sort()) {
      const { size, mtimeMs } = statSync(join(path, inside))
      hash.update(`${name}/${inside} ${size} ${mtimeMs}\n`)
    }
  }
  return hash.digest('hex').slice(0, 16)
}
