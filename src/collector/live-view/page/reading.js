/**
 * Whether answers are shown as their Markdown means them or as they were written. What is on screen follows a switch.
 */
export function createReading() {
  let isRaw = false
  /** @type {((isRaw: boolean) => void)[]} */
  let followers = []

  return {
    /**
     * Shows a text as it is to be shown now, and after every switch.
     *
     * @param {(isRaw: boolean) => void} show
     */
    follow(show) {
      followers.push(show)
      show(isRaw)
    },
    switch() {
      isRaw = !isRaw
      for (const show of followers) show(isRaw)
    },
    /** Forgets the texts that are about to leave the screen. */
    clear() {
      followers = []
    },
  }
}

/** @typedef {ReturnType<typeof createReading>} Reading */
