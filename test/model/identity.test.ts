import fc from 'fast-check'
import { test } from 'vitest'
import { nobodyIsTakenForAnother } from './identity.ts'
import { isLongForm } from './long-form.ts'

test('whatever happens in two tabs, nobody is taken for another, and a refusal holds', {
  timeout: isLongForm ? 7_200_000 : 300_000,
}, async () => {
  // A failure prints its seed and path: hand them to `fc.assert` to see it again. The short form takes the same
  // sequences each time; the long form looks for others.
  await fc.assert(nobodyIsTakenForAnother(), isLongForm ? { numRuns: 10_000 } : { numRuns: 200, seed: 1 })
})
