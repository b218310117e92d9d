import { expect } from 'playwright/test'
import { differences } from './differences.ts'
import { engines } from './engines.ts'
import { promises } from './promises.ts'
import { titleOf } from './results.ts'
import { testsIn } from './tests-in.ts'

for (const engine of engines) {
  testsIn(engine, (test) => {
    for (const [subject, kept] of Object.entries(promises)) {
      for (const { name, keep } of kept) test(titleOf(subject, name), keep)
    }
    for (const { what, found, measure } of differences) {
      if (measure === 'counted') continue
      test(titleOf('Known differences', what), async (stage) => {
        expect(await measure(stage)).toBe(found[engine.name])
      })
    }
  })
}
