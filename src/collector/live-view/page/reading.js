/**
 * Whether answers are shown as their Markdown means them or as they were written. What is on screen follows a switch.
 */
export function createReading() {
  let isRaw = false
  /** @type {Map<Element, (isRaw: boolean) => void>} */
  const followers = new Map()

  return {
    /**
     * Shows a text as it is to be shown now, and after every switch.
     *
     * @param {Element} place what it is shown in
     * @param {(isRaw: boolean) => void} show
     */
    follow(place, show) {
      followers.set(place, show)
      show(isRaw)
    },
    switch() {
      isRaw = !isRaw
      for (const show of followers.values()) show(isRaw)
    },
    /**
     * Forgets the texts that are about to leave the screen: those within an element, or all.
     *
     * @param {Element} [whole]
     */
    clear(whole) {
      for (const place of followers.keys()) if (!whole || whole.contains(place)) followers.delete(place)
    },
  }
}

/** @typedef {ReturnType<typeof createReading>} Reading */
