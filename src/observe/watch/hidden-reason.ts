import { defaultSelectors, type ObserveSelectors } from '../read/observe-selectors.ts'
import { innerTreeOf, type Roots } from '../read/roots.ts'

/** Why nothing can be seen in a widget, and what its page's developer can do; `undefined` where nothing hides it. */
export function hiddenReason(container: Element, roots: Roots): string | undefined {
  const frame = [container, ...roots.query(container, 'iframe')].find(
    (element) => element.localName === 'iframe' && !innerTreeOf(element),
  )
  if (frame) {
    return 'it is a frame of another origin. Put the tag into the page inside the frame, or pass the messages to chatlog in the widget’s own events (docs/adapters.md)'
  }
  const isClosed = container.localName.includes('-') && !container.shadowRoot && !container.childElementCount
  if (isClosed) {
    return 'its shadow root is closed. Pass the messages to chatlog in the widget’s own events (docs/adapters.md), and the root to registerRoot'
  }
  return
}

/** What to change where a widget shows text and none of it is a message. */
export const unmatchedReason = ({ user, assistant }: ObserveSelectors): string =>
  user === defaultSelectors.user
    ? 'no class or attribute in it says who wrote a message. Give the tag `data-user` and `data-assistant`, CSS selectors of a visitor’s message and of an answer (docs/observing.md)'
    : `it shows text, but neither \`data-user\` (\`${user}\`) nor \`data-assistant\` (\`${assistant}\`) matches anything in it. Correct these selectors (docs/observing.md)`

/** What to change where only one side's messages are found, and text stands where the other side's would. */
export function halfUnmatchedReason(selectors: ObserveSelectors, missing: 'user' | 'assistant'): string {
  const whose = missing === 'user' ? 'of a visitor’s message' : 'of an answer'
  return selectors.user === defaultSelectors.user
    ? `no class or attribute in it shows which messages are the other side’s. Give the tag \`data-${missing}\`, a CSS selector ${whose} (docs/observing.md)`
    : `\`data-${missing}\` (\`${selectors[missing]}\`), the selector ${whose}, matches nothing in it. Correct it (docs/observing.md)`
}
