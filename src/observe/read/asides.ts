import { parentOf } from './roots.ts'

/** What may be an aside of a message: when it was sent, and whether it has arrived. */
export const asideSelector = '[class*="time" i],[class*="date" i],[class*="status" i],[class*="receipt" i]'

/** A class that ends in such a name, perhaps with a hash behind it: `sent-time`, but neither `status-sent` nor `has-time`. */
const asideName =
  /(^|\s)(?!(has|with|no|is|show)-)([\w-]*[^a-z\s])?(time|timestamp|date|datetime|status|receipts?)(__\w+)?(?=\s|$)/i

const contentName = /(message|bubble|content|text|body)(?=\s|$)/i

/** Longest text of one, in UTF-16 units. */
const longestAside = 60

/** A clock, a day in digits, or how long ago: in an answer, which may have elements of any name. */
const looksLikeTime = /\b\d{1,2}[:.]\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\b(ago|now)\b|^\d+\s?\p{L}{1,3}\.?$/iu

const prose = 'p,li,td,th,pre,code'

/**
 * Whether an element in a message says when it was sent or whether it has arrived: text that changes by itself, and that
 * nobody has written. By what it is called; in an answer by what it says and by its place too.
 */
export function isAside(element: Element, message: Element, role: 'user' | 'assistant'): boolean {
  const text = element.textContent?.trim() ?? ''
  if (!text || text.length > longestAside) return false
  const names = (element.getAttribute('class') ?? '').replace(/([a-z\d])(?=[A-Z])/g, '$1-')
  if (!asideName.test(names) || contentName.test(names)) return false
  for (let around: Node | null = element; around && around !== message; around = parentOf(around)) {
    if (around.nodeType === 1 && (around as Element).matches(prose)) return false
  }
  if (role === 'user') return true
  return (
    looksLikeTime.test(text) &&
    (isAtEdge(element, message, 'nextSibling') || isAtEdge(element, message, 'previousSibling'))
  )
}

/**
 * Whether nothing of the message stands on that side of it.
 *
 * @param ignored selector of elements that count as nothing
 */
export function isAtEdge(
  element: Element,
  message: Element,
  side: 'nextSibling' | 'previousSibling',
  ignored?: string,
): boolean {
  for (let around: Node | null = element; around && around !== message; around = parentOf(around)) {
    for (let next = around[side]; next; next = next[side]) {
      const isIgnored = ignored && next.nodeType === 1 && (next as Element).matches(ignored)
      if (!isIgnored && next.textContent?.trim()) return false
    }
  }
  return true
}
