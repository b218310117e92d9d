import { encode } from '@jridgewell/sourcemap-codec'
import { expect, test } from 'vitest'
import { moduleSizes } from './module-sizes.ts'

test('each module is charged for its own minified code, and the wrapper for the rest', () => {
  const code = '(()=>{first();second();})()\n'
  const mappings = encode([[[6, 0, 0, 0], [14, 1, 0, 0], [23]]])

  const sizes = moduleSizes(code, { sources: ['a.ts', 'b.ts'], mappings })

  expect(sizes.map(({ source, minified }) => [source, minified])).toEqual([
    [null, 11],
    ['a.ts', 8],
    ['b.ts', 9],
  ])
})
