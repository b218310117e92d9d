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

/** @typedef {{ list: HTMLElement, from: number, to: number, isFilled: boolean }} Slice */

/**
 * The messages of a conversation: of a long one, lists of a hundred that are filled when the reader comes near them and
 * emptied when the reader has gone, so that a hundred thousand messages are on screen as quickly as ten, and stay as light.
 *
 * @param {Detail} detail
 * @param {Shared} shared
 * @returns `reveal` brings the message at a place onto the screen
 */
export function messageLists(detail, shared) {
  const itemAt = itemsOf(detail, shared)
  const { length } = detail.conversation.messages
  const slices = Array.from({ length: Math.ceil(length / listLength) }, (_, index) => {
    const [from, to] = [index * listLength, Math.min(length, (index + 1) * listLength)]
    const label = length > listLength ? `Messages ${from + 1} to ${to}` : 'Messages'
    return { list: element('ol', { class: 'messages', 'aria-label': label }), from, to, isFilled: false }
  })

  /** @param {Slice} slice */
  function fill(slice) {
    if (slice.isFilled) return
    slice.isFilled = true
    slice.list.style.minHeight = ''
    slice.list.append(...Array.from({ length: slice.to - slice.from }, (_, index) => itemAt(slice.from + index)))
  }

  /** @param {Slice} slice */
  function empty(slice) {
    if (!slice.isFilled || isInUse(slice.list)) return
    slice.isFilled = false
    slice.list.style.minHeight = `${slice.list.offsetHeight}px`
    shared.reading.clear(slice.list)
    slice.list.replaceChildren()
  }

  if (slices[0]) fill(slices[0])
  if (slices.length > 1) watch(slices, fill, empty)
  return {
    whole: element(
      'div',
      { class: 'message-lists' },
      slices.map(({ list }) => list),
    ),
    /** @param {number} place */
    reveal(place) {
      const slice = slices[Math.floor(place / listLength)]
      if (!slice) return
      fill(slice)
      const item = slice.list.children[place - slice.from]
      const shown = item?.querySelector('mark') ?? item
      shown?.scrollIntoView({ block: 'center' })
    },
  }
}

/**
 * Whether the reader is at something of it, also when it isn't on screen: taken away, it would be lost.
 *
 * @param {HTMLElement} list
 */
function isInUse(list) {
  const selection = getSelection()
  const isSelected = selection !== null && !selection.isCollapsed && selection.containsNode(list, true)
  return isSelected || list.contains(document.activeElement)
}

/**
 * @param {Slice[]} slices
 * @param {(slice: Slice) => void} fill
 * @param {(slice: Slice) => void} empty
 */
function watch(slices, fill, empty) {
  const sliceOf = new Map(slices.map((slice) => [/** @type {Element} */ (slice.list), slice]))
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const slice = sliceOf.get(target)
        if (slice && target.isConnected) (isIntersecting ? fill : empty)(slice)
      }
    },
    { rootMargin: `${nearPx}px 0px` },
  )
  for (const { list, from, to, isFilled } of slices) {
    if (!isFilled) list.style.minHeight = `${(to - from) * guessedHeight}rem`
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
