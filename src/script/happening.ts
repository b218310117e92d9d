/** Something that happens, and its listeners. Its owner makes it, and alone calls `tell`. */
export interface Happening<Given extends unknown[]> {
  /** @returns the unsubscribe */
  on(listener: (...given: Given) => void): () => void
  tell(...given: Given): void
}

export function createHappening<Given extends unknown[] = []>(): Happening<Given> {
  const listeners = new Set<(...given: Given) => void>()
  return {
    on(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell(...given) {
      for (const listener of listeners) listener(...given)
    },
  }
}
