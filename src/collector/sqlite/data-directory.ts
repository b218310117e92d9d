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
  // `mkdirSync` with `recursive` isn't used: where a folder exists and takes nothing in (/proc, a link to nowhere),
  // Node tries that folder and the one beneath it in turn, for ever (20.20).
  for (const path of missingOf(resolve(directory))) makeOne(path)
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) throw new Error('this is not a directory')
}

/** The directories of the path that aren't there, the topmost first. */
function missingOf(path: string): string[] {
  const parent = dirname(path)
  return existsSync(path) || parent === path ? [] : [...missingOf(parent), path]
}

function makeOne(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process made it a moment ago. Where it isn't a directory, making the next one fails.
    if (codeOf(error) === 'EEXIST') return
    throw new Error(`${path} can't be made (${codeOf(error)})`, { cause: error })
  }
}
