// The second half of `npm run size`: the README states the size that the build has just made, or a test fails.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'

const readmePath = fileURLToPath(new URL('../README.md', import.meta.url))
const script = readFileSync(new URL('../dist/chatlog.js', import.meta.url))
const bytes = brotliCompressSync(script, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length

const before = readFileSync(readmePath, 'utf8')
const after = before.replace(/(chatlog\.js`?: )[\d,]+( bytes brotli)/, `$1${bytes.toLocaleString('en')}$2`)
if (after !== before) {
  writeFileSync(readmePath, after)
  console.log(`README.md now states ${bytes.toLocaleString('en')} bytes`)
}
