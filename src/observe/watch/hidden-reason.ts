import { innerTreeOf, type Roots } from '../read/roots.ts'

/** Why nothing can be seen in a widget, and what its page's developer can do; `undefined` where nothing hides it. */
export function hiddenReason(container: Element, roots: Roots): string | undefined {
  const frame = [container, ...roots.query(container, 'iframe')].find(
    (element) => element.localName === 'iframe' && !innerTreeOf(element),
  )
  if (frame) {
    return 'it is a frame of another origin. Put the tag into the page inside the frame, or give chatlog the messages by the widget’s own events (docs/adapters.md)'
  }
  const isClosed = container.localName.includes('-') && !container.shadowRoot && !container.childElementCount
  if (isClosed) {
    return 'its shadow root is closed. Give chatlog the messages by the widget’s own events (docs/adapters.md), and the root by registerRoot'
  }
  return
}
