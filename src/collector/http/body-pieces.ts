/** Smallest and largest block that small pieces are gathered in, in bytes. */
const minBlockBytes = 256
const maxBlockBytes = 65_536

/** A body that is arriving, kept in the pieces in which it came. */
export type BodyPieces = {
  add(piece: Uint8Array): void
  /** The bytes in one piece. What was added is let go: this gives it once. */
  take(): Buffer<ArrayBuffer>
}

/**
 * Keeps a body until somebody has time for it. It is put together no sooner: a body that waits takes its size once.
 *
 * Small pieces are copied together, in blocks no larger than what has come already. A sender may cut a body into two
 * million pieces of one byte, and each would take some 200 bytes.
 */
export function createBodyPieces(): BodyPieces {
  let blocks: Uint8Array[] = []
  let open: { block: Buffer; used: number } | null = null
  let length = 0

  function close(): void {
    if (open) blocks.push(open.block.subarray(0, open.used))
    open = null
  }

  function gather(piece: Uint8Array): void {
    if (open && open.used + piece.byteLength > open.block.byteLength) close()
    if (!open) {
      const bytes = Math.max(piece.byteLength, Math.min(maxBlockBytes, Math.max(minBlockBytes, length)))
      // Not from the pool that Node's small buffers share: one that waits would hold all of it.
      open = { block: Buffer.allocUnsafeSlow(bytes), used: 0 }
    }
    open.block.set(piece, open.used)
    open.used += piece.byteLength
  }

  return {
    add(piece) {
      if (piece.byteLength < maxBlockBytes / 4) gather(piece)
      else {
        close()
        blocks.push(piece)
      }
      length += piece.byteLength
    },
    take() {
      close()
      const all = Buffer.concat(blocks, length)
      blocks = []
      length = 0
      return all
    },
  }
}
