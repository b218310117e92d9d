import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** Two commands side by side; the second takes its time to end. */
const twoCommands = `
  import { runToEnd } from ${JSON.stringify(new URL('../../.ci/child-process.js', import.meta.url).href)}
  const quick = 'console.log(process.pid); setInterval(() => {}, 1_000)'
  const slow = 'process.on("SIGINT", () => setTimeout(() => process.exit(), 300));' + quick
  await Promise.all([quick, slow].map((script) => runToEnd(process.execPath, ['--eval', script])))
  console.log('went on')
`

test('an interruption ends every command that runs, and this process with the last of them', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', twoCommands], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  for await (const line of createInterface(parent.stdout)) {
    lines.push(line)
    if (lines.length === 2) parent.kill('SIGINT')
  }
  if (parent.exitCode === null) await once(parent, 'exit')

  expect(parent.exitCode).toBe(130)
  expect(lines).toHaveLength(2)
  expect(lines.map(Number).filter(isRunning)).toEqual([])
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
