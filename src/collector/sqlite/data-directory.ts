import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { codeOf } from '../error-code.ts'

/**
 * Makes the directory, and those above it where they are missing, each for its owner alone; one that is there already
 * keeps its rights.
 *
 * @throws Error when it can't be made, or something else has its name
 */
export function makeDirectory(directory: string): void {
  // Not `mkdirSync` with `recursive`: where a folder is there and takes nothing in (/proc, a name that links to
  // nowhere), Node tries it and the one beneath it in turn, for ever (20.20).
  for (const path of missingOf(resolve(directory))) makeOne(path)
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) throw new Error('this is not a directory')
}

/** The paths that aren't there, the one that stands highest first. */
function missingOf(path: string): string[] {
  const parent = dirname(path)
  return existsSync(path) || parent === path ? [] : [...missingOf(parent), path]
}

function makeOne(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process made it a moment ago; what isn't a directory is found by what comes next.
    if (codeOf(error) === 'EEXIST') return
    throw new Error(`${path} can't be made (${codeOf(error)})`, { cause: error })
  }
}
