import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { aptInstall } from './apt.js'

/**
 * Folder of PostgreSQL's server programs, the newest there are, or null: `CHATLOG_POSTGRES`, Debian's and Red Hat's,
 * the path, Homebrew's.
 */
export function postgresBinaries() {
  const folders = [
    process.env.CHATLOG_POSTGRES ?? '',
    ...versionsIn('/usr/lib/postgresql', 'bin'),
    ...versionsIn('/usr', 'bin', /^pgsql-\d+$/),
    ...(process.env.PATH ?? '').split(delimiter),
    ...versionsIn('/opt/homebrew/opt', 'bin', /^postgresql@\d+$/),
  ]
  return (
    folders.find((folder) => folder !== '' && ['initdb', 'postgres'].every((name) => hasProgram(folder, name))) ?? null
  )
}

/** Finds PostgreSQL, else installs the distribution's. Without it the tests of that store are left out: no error. */
export async function findPostgres() {
  if (postgresBinaries() !== null || process.platform === 'win32') return
  await aptInstall('postgresql')
  if (postgresBinaries() !== null) return
  console.log('chatlog: no PostgreSQL here and none can be installed: the tests of that store are left out')
}

/**
 * @param {string} folder
 * @param {string} name
 */
function hasProgram(folder, name) {
  return existsSync(join(folder, name)) || existsSync(join(folder, `${name}.exe`))
}

/**
 * @param {string} parent
 * @param {string} child
 * @param {RegExp} pattern
 */
function versionsIn(parent, child, pattern = /^\d+$/) {
  if (!existsSync(parent)) return []
  const number = (/** @type {string} */ name) => Number(/\d+/.exec(name)?.[0])
  const names = readdirSync(parent).filter((name) => pattern.test(name))
  return names.sort((a, b) => number(b) - number(a)).map((name) => join(parent, name, child))
}
