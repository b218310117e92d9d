import { setTimeout as wait } from 'node:timers/promises'
import { crasherOf } from '../crash.ts'
import { onInit } from '../page.ts'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'

const crashLater =
  (characters: number) =>
  async ({ open }: Stage) => {
    const page = await open()
    const crash = await crasherOf(page)
    await page.evaluate((characters) => window.faults.say({ characters }), characters)
    await wait(250)
    await crash()
  }

/**
 * Visitors' messages wait for an answer, so that nothing is sent before the end. It comes so many milliseconds of the
 * page's own clock after the last, and once the browser has written what it was given by then: on a loaded machine the
 * page and the browser may not have had their turn in that time.
 */
const killAfter =
  (ms: number) =>
  async ({ open, kill }: Stage) => {
    const page = await open()
    await page.evaluate(async (ms) => {
      window.faults.say({ role: 'user' })
      await new Promise((resolve) => setTimeout(resolve, ms))
      await window.faults.written()
    }, ms)
    await kill()
  }

/** A renderer or a whole browser that is gone from one moment to the next. */
export const crashes: readonly Row[] = [
  {
    name: 'renderer crash after 250 ms',
    inReadme: true,
    promise: { firstLife: 10, afterNext: 10 },
    needsFetchLater: true,
    firstLife: crashLater(40),
  },
  {
    name: 'crash in the same task',
    inReadme: true,
    promise: { firstLife: 10, afterNext: 10 },
    needsFetchLater: true,
    async firstLife({ open, told }) {
      const page = await open()
      const crash = await crasherOf(page)
      page
        .evaluate(() => {
          window.faults.say()
          window.faults.tell('recorded')
          window.faults.stayBusy(10_000)
        })
        .catch(() => {}) // it never ends
      await told('recorded')
      await crash()
    },
  },
  {
    name: 'the first thing said, and a crash in the same task',
    promise: { firstLife: 10, afterNext: 10 },
    needsFetchLater: true,
    async firstLife({ context, put, told }) {
      const page = await context.newPage()
      const crash = await crasherOf(page)
      // No database can be open by then: nothing but the script's own task has run.
      const head = onInit("faults.say(); faults.tell('recorded'); faults.stayBusy(10_000)")
      page.goto(put('/', { head })).catch(() => {}) // it never loads
      await told('recorded')
      await crash()
      put('/')
    },
  },
  {
    name: 'crash with 200 KB',
    promise: { firstLife: 0, afterNext: 10 },
    firstLife: crashLater(20_000),
  },
  {
    name: 'browser killed 50 ms after a message',
    early: { afterNext: 0 },
    killable: true,
    promise: { firstLife: 0, afterNext: 10 },
    firstLife: killAfter(50),
  },
  {
    name: 'browser killed 1 s after a message',
    early: { afterNext: 0 },
    killable: true,
    promise: { firstLife: 0, afterNext: 10 },
    firstLife: killAfter(1_000),
  },
]
