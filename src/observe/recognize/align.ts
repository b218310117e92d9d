/**
 * Which recorded message each rendered one is, or -1: the longest common subsequence, around the pairs that are known
 * for certain. Of several, the earlier rendered message is paired, and with the newest that it can be: what comes after
 * is then new.
 *
 * @param anchors for each rendered message the recorded one that it certainly is, or -1
 */
export function align(
  anchors: readonly number[],
  knownCount: number,
  matches: (rendered: number, known: number) => boolean,
): number[] {
  const pairs = increasing(anchors)
  let start = 0
  let knownStart = 0
  for (let index = 0; index <= pairs.length; index++) {
    const anchor = index === pairs.length ? knownCount : (pairs[index] as number)
    if (anchor === -1) continue
    alignBetween(pairs, start, index, knownStart, anchor, matches)
    start = index + 1
    knownStart = anchor + 1
  }
  return pairs
}

/** Without those that stand out of order: rows that show another message now. */
function increasing(anchors: readonly number[]): number[] {
  let last = -1
  return anchors.map((anchor) => {
    if (anchor <= last) return -1
    last = anchor
    return anchor
  })
}

function alignBetween(
  pairs: number[],
  from: number,
  to: number,
  knownFrom: number,
  knownTo: number,
  matches: (rendered: number, known: number) => boolean,
): void {
  const rows = to - from
  const columns = knownTo - knownFrom
  if (rows <= 0 || columns <= 0) return
  // lengths[row * width + column]: of the longest common subsequence of what follows both.
  const width = columns + 1
  const lengths = new Uint16Array((rows + 1) * width)
  const at = (row: number, column: number) => lengths[row * width + column] as number
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      lengths[row * width + column] = matches(from + row, knownFrom + column)
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1))
    }
  }
  let row = 0
  let column = 0
  while (row < rows && column < columns && at(row, column)) {
    if (at(row, column) === at(row, column + 1)) column++
    else if (matches(from + row, knownFrom + column)) pairs[from + row++] = knownFrom + column++
    else row++
  }
}
