/** Distance between panel and window, in CSS pixels, as in the style sheet. */
const marginPx = 12

/** How many corners a panel can lie in: bottom left, top left, top right, bottom right, as the style sheet numbers them. */
export const corners = 4

const lengthOfOverlap = (start: number, end: number, otherStart: number, otherEnd: number): number =>
  Math.max(0, Math.min(end, otherEnd) - Math.max(start, otherStart))

/** The area of the page's chats that a panel of this size would cover in each corner, in CSS pixels squared. */
function coveredChat(width: number, height: number, chats: readonly DOMRect[]): number[] {
  return [...Array(corners).keys()].map((corner) => {
    const left = corner < 2 ? marginPx : innerWidth - marginPx - width
    const top = corner === 1 || corner === 2 ? marginPx : innerHeight - marginPx - height
    return chats.reduce(
      (area, chat) =>
        area +
        lengthOfOverlap(left, left + width, chat.left, chat.right) *
          lengthOfOverlap(top, top + height, chat.top, chat.bottom),
      0,
    )
  })
}

/** The corner where the unfolded panel, at its largest, covers least of what is marked `data-chatlog`. */
export function cornerOffTheChats(panel: Element): number {
  const { width, height } = panel.getBoundingClientRect()
  const largest = Math.max(height, Number.parseFloat(getComputedStyle(panel).maxHeight) || 0)
  const chats = [...document.querySelectorAll('[data-chatlog]')].map((chat) => chat.getBoundingClientRect())
  const covered = coveredChat(width, largest, chats)
  return covered.indexOf(Math.min(...covered))
}
