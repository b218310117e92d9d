import { findLast } from '../../script/lists.ts'
import type { Recording } from '../../script/start.ts'
import { linkLabel } from '../read/links-in.ts'
import type { ObserveSelectors } from '../read/observe-selectors.ts'
import type { ObservedPage } from '../read/page.ts'
import { follows, parentOf } from '../read/roots.ts'

import type { KnownMessage } from '../recognize/known-messages.ts'
import { askedBy } from './button-words.ts'
import type { Observation } from './observation.ts'

/** What the visitor says about an answer. */
export type Feedback = 'positive' | 'negative'

export interface ClickParts {
  recording: Recording
  selectors: ObserveSelectors
  page: ObservedPage
  observation: Observation
  isInside(element: Element): boolean
  /** Looks now at what the widget has shown since the last look. */
  look(): void
  onFeedback(messageId: string, type: Feedback): void
}

/**
 * Reads what clicks in an observed widget mean: a link of an answer, a thumb, another answer, its end, an edit, a new
 * conversation.
 *
 * @returns the function to call at each click, with its `elements` from the clicked one outwards
 */
export function createClickReader(parts: ClickParts): (elements: readonly Element[]) => void {
  const { recording, selectors, page, observation, isInside, look, onFeedback } = parts

  const messageOf = (element: Element): KnownMessage | undefined => {
    const all = observation.messages.all().filter(({ seen }) => seen?.element.isConnected)
    const holder = all.find(({ seen }) => seen?.element.contains(element))
    if (holder) return holder
    // Thumbs often stand beside the answer: it is the last one before the click, in the nearest element around both.
    for (let around = parentOf(element); around; around = parentOf(around)) {
      const here = all.filter(({ seen }) => seen && around?.contains(seen.element))
      const before = findLast(
        here,
        ({ seen, entry }) => entry.row.role !== 'user' && seen && follows(seen.element, element),
      )
      if (before) return before
      if (here.length) return
    }
    return
  }

  return (elements) => {
    const matching = (selector?: string) =>
      selector ? elements.find((element) => element.matches(selector)) : undefined
    const anchor = matching('a[href]')
    const inside = elements.some(isInside)
    const asked = askedBy(elements, selectors, inside)
    const anew = matching(selectors.newConversation)
    if (inside || asked || anew) look()
    if (anew) observation.startAnew()
    // The button that stops an answer often stands beside the input, outside the list of messages; so may a button that
    // the page's owner has named.
    if (asked === 'edit') observation.edit()
    else if (asked && (inside || asked === 'stop' || selectors.retry)) observation.ask(asked)
    if (!inside) return
    observation.interact('clicked')
    if (anchor && !matching('[data-chatlog]')) recordLink(anchor, messageIn(elements))
    for (const [type, thumb] of [
      ['positive', matching(selectors.feedbackPositive)],
      ['negative', matching(selectors.feedbackNegative)],
    ] as const) {
      const message = thumb && messageOf(thumb)
      if (message) onFeedback(message.entry.row.id, type)
    }
  }

  function messageIn(elements: readonly Element[]): KnownMessage | undefined {
    return observation.messages.all().find(({ seen }) => seen && elements.includes(seen.element))
  }

  function recordLink(anchor: Element, message: KnownMessage | undefined): void {
    const url = anchor.getAttribute('href') as string
    if (/^javascript:/i.test(url)) return
    const label = linkLabel(anchor, page)
    recording.recorder.trackLinkClick({ url, label, ...(message && { messageId: message.entry.row.id }) })
  }
}
