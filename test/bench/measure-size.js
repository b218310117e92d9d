import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { subjects } from './subjects.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** @returns {Record<string, number>} bytes of what a page loads, brotli at its highest quality, by library */
export const measureSize = () =>
  Object.fromEntries(
    subjects.map(({ name, file }) => {
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11 }
      return [name, brotliCompressSync(readFileSync(root + file), { params }).length]
    }),
  )
