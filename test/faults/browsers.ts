import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Browser, type BrowserContext, chromium } from 'playwright'
import { chromiumPath } from '../../.ci/chromium.js'
import { chromiumArgs } from '../e2e/chromium-launch.ts'

/** A browser with no past, as far as one run of a row is concerned. */
export interface BrowserUnderTest {
  context(): BrowserContext
  /** Ends it from one moment to the next, and starts it again with what is on its disk. */
  kill(): Promise<void>
  close(): Promise<void>
}

/** A context of a browser that other runs use too: cheap, and it can't be killed. */
export async function contextOf(browser: Browser): Promise<BrowserUnderTest> {
  const context = await browser.newContext()
  return {
    context: () => context,
    kill: () => Promise.reject(new Error('this row must be `killable`')),
    close: () => context.close(),
  }
}

/** A browser of its own, with a profile on disk. */
export async function launchKillable(): Promise<BrowserUnderTest> {
  const profile = await mkdtemp(join(tmpdir(), 'chatlog-profile-'))
  let started = await startOn(profile)

  const end = async () => {
    killGroup(started.child)
    if (started.child.exitCode === null && started.child.signalCode === null) await once(started.child, 'exit')
    await started.browser.close()
  }

  return {
    context: () => started.context,
    async kill() {
      await end()
      started = await startOn(profile)
    },
    async close() {
      await end()
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}

async function startOn(profile: string): Promise<{ child: ChildProcess; browser: Browser; context: BrowserContext }> {
  const portFile = join(profile, 'DevToolsActivePort')
  await rm(portFile, { force: true })
  const args = [
    ...chromiumArgs,
    '--headless=new',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    'about:blank',
  ]
  // A process group of its own, so that all of its processes end in the same moment.
  const child = spawn(chromiumPath(), args, { stdio: 'ignore', detached: true })
  process.once('exit', () => killGroup(child))
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${await portIn(portFile)}`)
  const [context] = browser.contexts()
  if (!context) throw new Error('the browser has no context')
  return { child, browser, context }
}

/** Chromium writes the port that it listens on into its profile. */
async function portIn(file: string): Promise<string> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const [port, path] = await readFile(file, 'utf8').then(
      (text) => text.split('\n'),
      () => [], // not written yet
    )
    if (port && path) return port
    await wait(50)
  }
  throw new Error('the browser did not start in 30 s')
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // it has ended already
  }
}
