/** Tells within this process that conversations of a project were erased. */
export type Erasures = {
  /** Tells everybody who listens. */
  tell(projectId: string): void
  /** @returns the unsubscribe */
  listen(listener: (projectId: string) => void): () => void
}

/** Makes what a store tells of each erasing by. */
export function createErasures(): Erasures {
  const listeners = new Set<(projectId: string) => void>()
  return {
    tell(projectId) {
      for (const listener of listeners) listener(projectId)
    },
    listen(listener) {
      // Each subscription is one of its own, whatever function it comes with.
      const own = (projectId: string) => listener(projectId)
      listeners.add(own)
      return () => listeners.delete(own)
    },
  }
}
