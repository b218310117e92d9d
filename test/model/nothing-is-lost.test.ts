import fc from 'fast-check'
import { test } from 'vitest'
import { isLongForm } from './long-form.ts'
import { nothingIsLost } from './property.ts'

test('whatever happens to two tabs, the server ends up with exactly what was recorded, in order', {
  timeout: isLongForm ? 7_200_000 : 300_000,
}, async () => {
  // A failure prints its seed and path: hand them to `fc.assert` to see it again.
  await fc.assert(nothingIsLost(), { numRuns: isLongForm ? 10_000 : 200 })
})
