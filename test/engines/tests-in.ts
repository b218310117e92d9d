import { test as base } from 'playwright/test'
import type { Engine, RunningEngine } from './engine.ts'
import { openStage, type Stage } from './stage.ts'

/** The one test of an engine that can't be started here. */
export const notHere = 'It is here'

/** Adds a test that runs on a stage of its own. */
export type AddTest = (name: string, run: (stage: Stage) => Promise<void>) => void

/** Adds tests that run in an engine, which is started once a worker. Where it isn't there one test says so, by failing. */
export function testsIn(engine: Engine, add: (test: AddTest) => void): void {
  const test = base.extend<{ stage: Stage }, { running: RunningEngine }>({
    running: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that one needs from this pattern
      async ({}, use) => {
        const running = await engine.start()
        await use(running)
        await running.stop()
      },
      { scope: 'worker', timeout: 150_000 },
    ],
    stage: async ({ running }, use, info) => {
      info.annotations.push({ type: 'version', description: running.version })
      const stage = await openStage(running, (type) => info.annotations.push({ type }))
      await use(stage)
      await stage.close()
    },
  })
  test.describe(engine.name, () => {
    const missing = engine.missing()
    if (missing === null) add((name, run) => test(name, ({ stage }) => run(stage)))
    else {
      base(notHere, () => {
        throw new Error(missing)
      })
    }
  })
}
