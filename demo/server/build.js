import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runToEnd } from '../../.ci/child-process.js'
import { step } from '../../.ci/progress.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * What is built, and from what. The others are made of the first.
 *
 * @type {{ what: string, command: string[], made: string[], from: string[] }[]}
 */
const builds = [
  {
    what: 'chatlog',
    command: ['run', 'build'],
    made: ['dist/index.js', 'dist/chatlog.js', 'dist/chatlog-observe.js', 'dist/chatlog-debug.js', 'dist/collector.js'],
    from: ['src', 'package-lock.json', 'vite.config.ts'],
  },
  {
    what: 'the widget demo',
    command: ['exec', '--', 'vite', 'build', 'demo/docs-widget'],
    made: ['demo/docs-widget/dist/index.html'],
    from: ['demo/docs-widget', 'dist/index.js'],
  },
  {
    what: 'the useChat demo',
    command: ['exec', '--', 'vite', 'build', 'demo/widgets/use-chat'],
    made: ['demo/widgets/use-chat/dist/index.html'],
    from: ['demo/widgets/use-chat', 'demo/widgets/package-lock.json', 'dist/react.js'],
  },
]

/**
 * Builds what is missing or older than what it is made of, and says for each step that it is done and how long it took.
 *
 * @throws Error with the build's output when it fails
 */
export async function buildWhatIsStale() {
  for (const { what, command, made, from } of builds) {
    if (!isStale(made, from)) continue
    const { code, output } = await step(`building ${what}`, () =>
      runToEnd('npm', command, { quiet: true, onLine: sayProgress }),
    )
    if (code !== 0) throw new Error(`npm ${command.join(' ')} failed (exit code ${code})\n${output}`)
  }
}

/** Of what a build prints, its own lines are for whoever waits. @param {string} line */
function sayProgress(line) {
  if (line.startsWith('chatlog: ')) console.log(line)
}

/**
 * @param {string[]} made
 * @param {string[]} from
 */
function isStale(made, from) {
  const paths = made.map((path) => join(root, path))
  if (!paths.every((path) => existsSync(path))) return true
  const oldestMade = Math.min(...paths.map((path) => statSync(path).mtimeMs))
  return from.some((path) => newestChange(join(root, path)) > oldestMade)
}

/**
 * @param {string} path a file, or a folder with all that is in it but what was built there
 * @returns {number} milliseconds since 1970
 */
function newestChange(path) {
  const state = statSync(path)
  if (!state.isDirectory()) return state.mtimeMs
  const inside = readdirSync(path).filter((name) => name !== 'dist')
  // The folder's own time too: it changes when a file goes.
  return Math.max(state.mtimeMs, ...inside.map((name) => newestChange(join(path, name))))
}
