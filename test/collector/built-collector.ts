import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** `dist/collector.js`, built for the tests into a folder of their own, beside the packages that it imports. */
export function buildCollector(): { path: string; remove(): void } {
  const parent = join(root, 'node_modules', '.chatlog-test')
  mkdirSync(parent, { recursive: true })
  const directory = mkdtempSync(join(parent, 'collector-'))
  const { VITEST: _vitest, NODE_ENV: _environment, ...environment } = process.env
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const build = spawnSync(process.execPath, [vite, 'build', '--mode', 'collector', '--outDir', directory], {
    cwd: root,
    env: environment,
    encoding: 'utf8',
  })
  if (build.status !== 0) throw new Error(build.stderr)
  return { path: join(directory, 'collector.js'), remove: () => rmSync(directory, { recursive: true, force: true }) }
}

export type Ended = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }

/** A started Node process: what it prints, waited for as it comes. */
export type Started = {
  process: ChildProcess
  /** The first line of stdout that matches. Rejects when the process ends without one. */
  line(pattern: RegExp): Promise<string>
  ended: Promise<Ended>
}

/** Starts Node with these arguments; the caller ends it. */
export function startNode(nodeArguments: string[], options: { cwd?: string } = {}): Started {
  const child = spawn(process.execPath, nodeArguments, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  const output = { stdout: '', stderr: '' }
  const changed = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      for (const notice of changed) notice()
    })
  }
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, ...output }))
  })

  return {
    process: child,
    ended,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = output.stdout
            .split('\n')
            .slice(0, -1)
            .find((line) => pattern.test(line))
          if (found !== undefined) resolve(found)
        }
        changed.add(look)
        look()
        ended.then(({ code, stderr }) => reject(new Error(`ended with ${code} before ${pattern}: ${stderr}`)))
      }),
  }
}

/** Runs Node with these arguments to its end. */
export function runNode(nodeArguments: string[], options: { cwd?: string } = {}): Promise<Ended> {
  return startNode(nodeArguments, options).ended
}
