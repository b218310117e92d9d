import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { subjects } from './subjects.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What the lazy tag loads where somebody chats: its bytes stand beside the libraries'. */
export const coreName = 'chatlog, core'

/** @returns {Record<string, number>} bytes of what a page loads, brotli at its highest quality, by library */
export const measureSize = () =>
  Object.fromEntries(
    [...subjects, { name: coreName, file: 'dist/chatlog-core.js' }].map(({ name, file }) => {
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11 }
      return [name, brotliCompressSync(readFileSync(root + file), { params }).length]
    }),
  )
