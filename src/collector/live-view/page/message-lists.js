import { element } from './elements.js'
import { messageItem, replacedIdOf } from './messages.js'

/**
 * @typedef {import('../data-routes.ts').ConversationDetail} Detail
 * @typedef {Omit<import('./messages.js').Surroundings, 'clicks' | 'isReplaced' | 'before' | 'events' | 'feedback'>} Shared
 */

/** Messages in one list. */
const listLength = 100

/** Height of a message that nobody has come near yet, in rem. */
const guessedHeight = 5.5

/** How near the screen a list is filled, in pixels. */
const nearPx = 1_500

/**
 * The messages of a conversation: of a long one, lists of a hundred that are filled when the reader comes near them, so
 * that a hundred thousand messages are on screen as quickly as ten.
 *
 * @param {Detail} detail
 * @param {Shared} shared
 */
export function messageLists(detail, shared) {
  const itemAt = itemsOf(detail, shared)
  const { length } = detail.conversation.messages
  const lists = Array.from({ length: Math.ceil(length / listLength) }, (_, index) => {
    const [from, to] = [index * listLength, Math.min(length, (index + 1) * listLength)]
    const label = length > listLength ? `Messages ${from + 1} to ${to}` : 'Messages'
    const list = element('ol', { class: 'messages', 'aria-label': label })
    const fill = () => {
      list.style.minHeight = ''
      for (let place = from; place < to; place++) list.append(itemAt(place))
    }
    return { list, fill, from, to }
  })
  const [first, ...later] = lists
  first?.fill()
  fillWhenNear(later)
  return element(
    'div',
    { class: 'message-lists' },
    lists.map(({ list }) => list),
  )
}

/** @param {{ list: HTMLElement, fill: () => void, from: number, to: number }[]} lists */
function fillWhenNear(lists) {
  if (lists.length === 0) return
  const fills = new Map(lists.map(({ list, fill }) => [/** @type {Element} */ (list), fill]))
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue
        observer.unobserve(target)
        fills.get(target)?.()
      }
    },
    { rootMargin: `${nearPx}px 0px` },
  )
  for (const { list, from, to } of lists) {
    list.style.minHeight = `${(to - from) * guessedHeight}rem`
    observer.observe(list)
  }
}

/**
 * @param {Detail} detail
 * @param {Shared} shared
 * @returns {(place: number) => HTMLElement} makes the message at a place
 */
function itemsOf({ conversation, messageClicks, events, feedback }, shared) {
  const { messages } = conversation
  const replaced = new Set(messages.map(replacedIdOf))
  const eventsOf = grouped(events, (event) => (event.entityType === 'message' ? event.messageId : null))
  const feedbackOf = grouped(feedback, ({ messageId }) => messageId)
  return (place) => {
    const message = /** @type {(typeof messages)[number]} */ (messages[place])
    return messageItem(message, {
      ...shared,
      clicks: messageClicks[place] ?? [],
      isReplaced: replaced.has(message.id),
      before: messages[place - 1],
      events: eventsOf.get(message.id) ?? [],
      feedback: feedbackOf.get(message.id) ?? [],
    })
  }
}

/**
 * @template Kind
 * @param {readonly Kind[]} given
 * @param {(one: Kind) => string | null} keyOf
 */
function grouped(given, keyOf) {
  /** @type {Map<string | null, Kind[]>} */
  const groups = new Map()
  for (const one of given) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return groups
}
