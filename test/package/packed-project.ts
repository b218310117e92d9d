import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { npm } from '../../.ci/npm.js'
import packageJson from '../../package.json' with { type: 'json' }
import { packedFile } from './packed.ts'

const root = join(import.meta.dirname, '../..')
const runFile = promisify(execFile)

/** An empty project into which `npm install` has put the file that `npm pack` makes. */
export interface PackedProject {
  folder: string
  /** The file that was installed. */
  tarball: string
  /** @returns the file's path */
  write(name: string, text: string): Promise<string>
  /** Runs a program of Node in the project. @returns what it printed, whether it failed or not */
  node(...args: string[]): Promise<string>
  remove(): Promise<void>
}

/**
 * Packs the built package and installs it, with the packages that it asks for. Those come from the clone: no network.
 *
 * @param peers names of optional peers to install beside it
 */
export async function createPackedProject(peers: readonly string[] = []): Promise<PackedProject> {
  const folder = await mkdtemp(join(tmpdir(), 'chatlog-packed-'))
  const write = async (name: string, text: string) => {
    const path = join(folder, name)
    await writeFile(path, text)
    return path
  }
  await write('package.json', '{ "private": true }')
  const tarball = `chatlog-${packageJson.version}.tgz`
  await copyFile(await packedFile(), join(folder, tarball))
  const fromClone = [...Object.keys(packageJson.dependencies), ...peers].map((name) => join(root, 'node_modules', name))
  const settings = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund']
  await runFile(...npm(['install', ...settings, `./${tarball}`, ...fromClone]), { cwd: folder })

  return {
    folder,
    tarball: join(folder, tarball),
    write,
    node: (...args) =>
      runFile(process.execPath, args, { cwd: folder }).then(
        ({ stdout }) => stdout,
        ({ stdout, stderr }) => stdout + stderr,
      ),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
