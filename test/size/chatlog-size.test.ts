import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { statedBytes } from '../../.ci/readme-facts.js'
import { brotliBytes } from './module-sizes.ts'
import { scriptCeilingBytes } from './report-size.ts'

const root = join(import.meta.dirname, '../..')
const scriptPath = join(root, 'dist/chatlog.js')
const readmePath = join(root, 'README.md')

// `npm test` builds first. A unit run in a tree that was never built has nothing to measure.
const isBuilt = existsSync(scriptPath)

test.skipIf(!isBuilt)('chatlog.js is no larger than was decided', () => {
  expect(brotliBytes(readFileSync(scriptPath, 'utf8'))).toBeLessThanOrEqual(scriptCeilingBytes)
})

test.skipIf(!isBuilt || !existsSync(readmePath))('the README states the size that chatlog.js has', () => {
  expect(statedBytes(readFileSync(readmePath, 'utf8'))).toBe(brotliBytes(readFileSync(scriptPath, 'utf8')))
})
