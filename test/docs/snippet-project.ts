import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** A folder in which chatlog is installed, as in a reader's own project. */
export interface SnippetProject {
  folder: string
  /** @returns the file's path */
  write(name: string, text: string): Promise<string>
  remove(): Promise<void>
}

/** @param packages that the reader has installed besides chatlog */
export async function createSnippetProject(packages: readonly string[] = []): Promise<SnippetProject> {
  const folder = await mkdtemp(join(tmpdir(), 'chatlog-snippets-'))
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, '.bin'), { recursive: true })
  await symlink(root, join(modules, 'chatlog'), 'junction')
  for (const name of packages) {
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(join(root, 'node_modules', name), join(modules, name), 'junction')
  }
  // What npm makes of the package's `bin`.
  const command = join(modules, '.bin/chatlog-collector')
  await writeFile(command, `#!/bin/sh\nexec node '${join(root, 'dist/collector.js')}' "$@"\n`)
  await chmod(command, 0o755)

  const write = async (name: string, text: string) => {
    const path = join(folder, name)
    await writeFile(path, text)
    return path
  }
  await write('package.json', '{ "type": "module" }')
  return { folder, write, remove: () => rm(folder, { recursive: true, force: true }) }
}
