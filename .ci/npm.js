import { basename } from 'node:path'

/**
 * The words that start npm: the npm that runs this script, else the one on the path.
 *
 * @param {readonly string[]} args
 * @returns {[command: string, args: string[]]}
 */
export function npm(args) {
  const running = process.env.npm_execpath
  return running && basename(running) === 'npm-cli.js' ? [process.execPath, [running, ...args]] : ['npm', [...args]]
}
