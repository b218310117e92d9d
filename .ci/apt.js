import { existsSync } from 'node:fs'
import { runToEnd } from './child-process.js'

/** Whether this process has asked already what there is to install. */
let isUpToDate = false

/**
 * Installs packages of the distribution, where that is Debian's kind and root's rights are to be had. Says why when it
 * fails.
 *
 * @param {readonly string[]} names
 * @returns {Promise<boolean>} whether they are installed
 */
export async function aptInstall(...names) {
  const prefix = await rootPrefix()
  if (prefix === null || !existsSync('/usr/bin/apt-get')) return false
  console.log(`chatlog: installing the distribution's ${names.join(', ')} (apt-get install, a few minutes) …`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const aptGet = [...prefix, 'apt-get', '-qq']
  if (!isUpToDate) await runToEnd(...commandLine([...aptGet, 'update']), { quiet: true, env })
  isUpToDate = true
  const install = [...aptGet, 'install', '--yes', '--no-install-recommends', ...names]
  const { code, output } = await runToEnd(...commandLine(install), { quiet: true, env })
  if (code !== 0) console.log(`chatlog: apt-get failed: ${output.trim().split('\n').at(-1)}`)
  return code === 0
}

/** What goes in front of a command to run it as root: nothing, sudo, or null when neither is possible. */
async function rootPrefix() {
  if (process.getuid?.() === 0) return []
  const { code } = await runToEnd('sudo', ['-n', 'true'], { quiet: true })
  return code === 0 ? ['sudo', '-n'] : null
}

/**
 * @param {readonly string[]} words
 * @returns {[string, string[]]}
 */
function commandLine([command = '', ...args]) {
  return [command, args]
}
