import { expect, test } from 'vitest'
import { createBodyPieces } from '../../src/collector/http/body-pieces.ts'

const bytes = (length: number, first = 0) => Uint8Array.from({ length }, (_, index) => (first + index) % 251)

test.each([[[]], [[1]], [[16_384]], [[16_383, 1]], [[65_536, 1, 65_536]], [[300, 16_384, 5, 70_000, 200]]])(
  'pieces of %j bytes come out as they went in',
  (lengths) => {
    const pieces = createBodyPieces()
    let length = 0
    for (const one of lengths) {
      pieces.add(bytes(one, length))
      length += one
    }

    expect(pieces.take().equals(bytes(length))).toBe(true)
  },
)

test('what was taken is let go', () => {
  const pieces = createBodyPieces()
  pieces.add(bytes(10))
  pieces.take()

  expect(pieces.take()).toHaveLength(0)
})

test('two million pieces of one byte take no more than some tens of million bytes', () => {
  const pieces = createBodyPieces()
  const before = process.memoryUsage().heapUsed
  for (let index = 0; index < 2_000_000; index++) pieces.add(new Uint8Array([index % 251]))

  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000)
  expect(pieces.take()).toHaveLength(2_000_000)
})
