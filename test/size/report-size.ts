import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { brotliBytes, moduleSizes } from './module-sizes.ts'

/** Bytes that `dist/chatlog.js` is to have at most, brotli at its highest quality. Not reached yet. */
export const scriptBudgetBytes = 9_000

/** Just above the bytes that it has: growth is a decision. docs/decisions/script-size.md */
export const scriptCeilingBytes = 28_400

/** Prints the brotli bytes of the built file and, beneath, what each module adds to them; largest first. */
export function reportSize(): Plugin {
  return {
    name: 'report-size',
    writeBundle({ dir = 'dist' }, bundle) {
      // It takes longer than the build, and who watches a change in the browser doesn't read it.
      if (this.meta.watchMode) return
      for (const { fileName, type } of Object.values(bundle)) {
        if (type !== 'chunk') continue
        // The file as written: minified, with its last line naming the source map.
        const code = readFileSync(join(dir, fileName), 'utf8')
        const map = JSON.parse(readFileSync(join(dir, `${fileName}.map`), 'utf8'))
        console.log(sizeTable(fileName, code, map))
      }
    },
  }
}

function sizeTable(fileName: string, code: string, map: Parameters<typeof moduleSizes>[1]): string {
  const rows = moduleSizes(code, map)
    .sort((a, b) => b.brotli - a.brotli)
    .map(
      ({ source, minified, brotli }) =>
        `${columns(minified, brotli)}  ${source ? shortName(source) : '(between modules)'}`,
    )
  const total = `${fileName}: ${brotliBytes(code).toLocaleString('en')} bytes brotli, of ${scriptBudgetBytes.toLocaleString('en')}`
  return `\n${total}\n${' minified'.padStart(10)}${'brotli'.padStart(8)}  module\n${rows.join('\n')}\n`
}

const columns = (minified: number, brotli: number): string =>
  minified.toLocaleString('en').padStart(10) + brotli.toLocaleString('en').padStart(8)

/** `js-cookie/dist/js.cookie.mjs`, `src/script/start.ts`. */
const shortName = (source: string): string => source.replace(/^.*node_modules\//, '').replace(/^(\.\.\/)+/, '')
