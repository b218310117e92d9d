import type { LinkClickInput } from '../chatlog.ts'
import type { Platform } from '../platform.ts'

/** Longest label that is kept of a clicked link, in UTF-16 units. */
const maxLabelLength = 200

/** Where a link leads, as it is written; `null` for an element that is no link. Links in SVG may write `xlink:href`. */
const hrefOf = (element: Element): string | null =>
  /^(a|area)$/i.test(element.localName) ? (element.getAttribute('href') ?? element.getAttribute('xlink:href')) : null

/** The text of a linked image; `''` where it has none. */
const altOf = (anchor: Element): string => anchor.querySelector('[alt]')?.getAttribute('alt') ?? ''

/**
 * Tells of clicks on links inside `[data-chatlog]` elements: left, middle, modified and keyboard, in open shadow roots
 * too. Watches only: a link is never rewritten, its navigation never prevented or delayed.
 *
 * @returns `registerRoot`, for closed shadow roots and those outside `[data-chatlog]`, and the unsubscribe
 */
export function captureLinkClicks(
  { onClick }: Pick<Platform, 'onClick'>,
  onLinkClick: (click: LinkClickInput) => void,
) {
  const told = new WeakSet<Event>()
  const unsubscribes: (() => void)[] = []

  const watch = (root: ShadowRoot | null) => {
    const unsubscribe = onClick(root, ({ event, elements }) => {
      const anchor = elements.find((element) => hrefOf(element) !== null)
      const isWatched = root ?? elements.some((element) => element.matches('[data-chatlog]'))
      if (!anchor || !isWatched || told.has(event)) return
      told.add(event)
      const message = elements.find((element) => element.matches('[data-chatlog-message]'))
      const messageId = message?.getAttribute('data-chatlog-message')
      onLinkClick({
        url: hrefOf(anchor) as string,
        label: (anchor.textContent?.trim() || altOf(anchor)).slice(0, maxLabelLength),
        ...(messageId ? { messageId } : {}),
      })
    })
    unsubscribes.push(unsubscribe)
  }

  watch(null)
  return {
    registerRoot: watch,
    stop() {
      for (const unsubscribe of unsubscribes) unsubscribe()
    },
  }
}
