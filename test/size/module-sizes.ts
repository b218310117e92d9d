import { brotliCompressSync, constants } from 'node:zlib'
import { decode, type SourceMapMappings } from '@jridgewell/sourcemap-codec'

/** What one module adds to a built file, in bytes. */
export interface ModuleSize {
  /** The module's path as the source map gives it; `null` for what belongs to none, such as the wrapper. */
  source: string | null
  /** Its minified code. */
  minified: number
  /** What the compressed file would be smaller by without it. Modules compress one another, so these don't sum up. */
  brotli: number
}

/** Bytes of a text compressed with brotli at its highest quality, as a file server or CDN keeps it. */
export const brotliBytes = (code: string): number =>
  brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length

/**
 * Divides a built file among the modules it was made of, by its source map: each piece of minified code goes to the
 * module that its mapping names.
 */
export function moduleSizes(
  code: string,
  map: { sources: readonly (string | null)[]; mappings: string },
): ModuleSize[] {
  const pieces = piecesOf(code, decode(map.mappings))
  const whole = brotliBytes(code)
  return [...new Set(pieces.map(({ source }) => source))].map((source) => {
    const own = pieces.filter((piece) => piece.source === source)
    const others = pieces.filter((piece) => piece.source !== source)
    return {
      source: source === null ? null : (map.sources[source] ?? null),
      minified: Buffer.byteLength(joined(own)),
      brotli: whole - brotliBytes(joined(others)),
    }
  })
}

interface Piece {
  source: number | null
  text: string
}

const joined = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join('')

/** The file cut at every mapping, in order and without a gap. */
function piecesOf(code: string, mappings: SourceMapMappings): Piece[] {
  return code.split(/(?<=\n)/).flatMap((line, lineNumber) => {
    const segments = mappings[lineNumber] ?? []
    const starts = [{ column: 0, source: null as number | null }].concat(
      segments.map(([column, source]) => ({ column, source: source ?? null })),
    )
    return starts.map(({ column, source }, index) => ({ source, text: line.slice(column, starts[index + 1]?.column) }))
  })
}
