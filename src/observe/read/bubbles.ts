import { outermost, type Roots } from './roots.ts'

/** A class that a single message has in most widgets that put several into one group. */
const bubbleClass = /(^|[-_])(chat-?)?(message-?)?(bubble|message|msg)$/i

/**
 * The messages in an element that groups those of one side: its outermost elements that share a class of a bubble, where
 * there are several of them with a text each. An answer of several paragraphs is one message.
 */
export function bubblesIn(group: Element, roots: Roots): Element[] {
  const byClass = new Map<string, Element[]>()
  for (const element of roots.query(group, '[class*="bubble" i],[class*="message" i],[class*="msg" i]')) {
    if (element.matches('p,span,a,button')) continue
    const name = [...element.classList].find((one) => bubbleClass.test(one))
    if (name && element.textContent?.trim()) byClass.set(name, [...(byClass.get(name) ?? []), element])
  }
  for (const bubbles of byClass.values()) {
    const all = outermost(bubbles)
    if (all.length > 1) return all
  }
  const timed = timedIn(group)
  return timed.length > 1 ? timed : [group]
}

/** Neighbours of one class that have a time each: bubbles, whatever they are called. */
function timedIn(group: Element): Element[] {
  const [time] = group.querySelectorAll('time')
  if (!time) return []
  let bubble: Element = time
  while (bubble.parentElement && bubble.parentElement !== group) bubble = bubble.parentElement
  const name = bubble.getAttribute('class')
  const all = [...group.children].filter(
    (one) => one.localName === bubble.localName && one.getAttribute('class') === name,
  )
  return name && all.every((one) => one.querySelector('time') && one.textContent?.trim()) ? all : []
}
