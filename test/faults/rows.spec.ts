import { expect, test } from 'playwright/test'
import { contextOf, launchKillable } from './browsers.ts'
import { collectorsOf, isLazy, runsAtOnce, runsOf } from './form.ts'
import type { Outcome } from './row.ts'
import { rows } from './rows.ts'
import { promiseOf, runRow } from './run-row.ts'

for (const row of rows) {
  if (row.needsCore && isLazy) continue
  for (const against of collectorsOf(row)) {
    const tag = row.needsWholeBrowser ? '@whole-browser' : []
    test(`${row.name} · ${against} collector`, { tag }, async ({ browser }, info) => {
      const outcomes: Outcome[] = []
      const runOnce = async () => {
        const own = await (row.killable ? launchKillable() : contextOf(browser))
        try {
          outcomes.push(await runRow(row, against, own))
        } finally {
          await own.close()
        }
      }
      let left = runsOf(row, against)
      const lane = async () => {
        while (left-- > 0) await runOnce()
      }
      const lanes = await Promise.allSettled(Array.from({ length: runsAtOnce }, lane))

      await info.attach('outcomes', {
        body: JSON.stringify({ row: row.name, against, promise: promiseOf(row), outcomes }),
      })
      for (const result of lanes) if (result.status === 'rejected') throw result.reason
      expect(outcomes.filter(({ misses }) => misses.length > 0).length, 'runs that missed something').toBe(0)
    })
  }
}
