import { brotliCompressSync, constants } from 'node:zlib'
import type { Plugin } from 'vite'

/** Most bytes `dist/chatlog.js` may have, brotli at its highest quality. */
export const scriptBudgetBytes = 9_000

export const brotliBytes = (code: string): number =>
  brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length

/**
 * Prints the brotli bytes of each built file and, beneath, what each module adds: the file's size less its size without
 * that module's code. The parts don't sum up to the whole, since modules compress one another.
 */
export function reportSize(): Plugin {
  return {
    name: 'report-size',
    enforce: 'post',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue
        const total = brotliBytes(chunk.code)
        console.log(`\n${chunk.fileName}: ${total} bytes brotli, budget ${scriptBudgetBytes}`)
        const rows = Object.entries(chunk.modules)
          .map(([id, module]) => ({ name: id.replace(/^.*\/(node_modules|src)\//, ''), code: module.code ?? '' }))
          .filter((row) => row.code !== '')
          .map((row) => ({ ...row, bytes: brotliBytes(row.code) }))
          .sort((a, b) => b.bytes - a.bytes)
        for (const row of rows) console.log(`  ${String(row.bytes).padStart(6)}  ${row.name}`)
      }
    },
  }
}
