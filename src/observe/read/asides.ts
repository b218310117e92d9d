import { withPlaces } from '../../script/lists.ts'
import { type Edge, edgeOf, type Labels } from './labels.ts'
import { addressOf } from './links-in.ts'
import { asksToRate, isCalledButton, offersMore } from './offers.ts'
import type { ObservedPage } from './page.ts'
import { childNodesOf, isLeftOut } from './readable-text.ts'
import { parentOf } from './roots.ts'
import { isClock, isDay, mayBeTime } from './times.ts'

/** Elements that may say when a message was sent or whether it has arrived, wherever they stand in it. */
export const asideSelector =
  '[class*="time" i],[class*="date" i],[class*="status" i],[class*="receipt" i],[class*="deliver" i]'

/**
 * A class that ends in such a name, perhaps with a hash behind it: `sent-time`, but neither `status-sent` nor
 * `has-time`.
 */
const asideName =
  /(^|\s)(?!(has|with|no|is|show)-)([\w-]{0,80}[^a-z\s])?(time|timestamp|date|datetime|status|receipts?|delivered|delivery)(-(label|info|badge|icon|line|value))?(__\w{1,40})?(?=\s|$)/i

const contentName = /(message|bubble|content|text|body)(?=\s|$)/i

const avatarName = /(^|[\s_-])(avatar|gravatar|initials|profile-(pic|picture|image))(?=$|[\s_-])/i

const authorName =
  /(^|\s)(name|from|who)(?=\s|$)|(^|[\s_-])(author|sender|user-?name|nick-?name|display-name|byline|speaker|(message|msg|bot|agent|user|assistant|chat)-+name|(author|sender)-+name)(__\w{1,40})?(?=\s|$)/i

/** What widgets put around an answer: how it was found, where from, and what may be asked next. */
const extraName =
  /(^|[\s_-])(reasoning|thinking|thoughts?|chain-of-thought|tool-calls?|sources?|citations?|references|suggestions?|((suggest|recommend|relat)(ed|ion)|example|sample|starter|follow-?up)-(questions?|prompts?|replies|topics|articles|actions)|related|follow-?ups?|quick-repl(y|ies)|chips|disclaimer|actions|toolbar|branch-picker|feedback|ratings?|reactions|tool-?tip)(-(list|container|wrapper|block|section|bar|row|group|panel|cards?|items|content|text|body|trigger|root|header|title|label))?(__\w{1,40})?(?=\s|$)/i

/** The few words that widgets say of how an answer was made. */
const makingName =
  /(^|[\s_-])(usage|tokens?(-(count|usage))?|model(-?(name|label|badge))?|latency|duration|elapsed|timing)(?=\s|$)/i

/** Classes of cards that show a thing or a person by a name: the name is what the message says. */
const cardName = /card|product|contact|profile|attachment|file|option|result/i

const dayName = /(^|[\s_-])(day|date|separator|divider)(?=$|[\s_-])/i

/** A name with an extension is a file's and nobody's. */
const fileName = /\.\w{2,5}$/

/** Longest text of such an element, in UTF-16 units. */
const longestAside = 60

/** Longest part of a message that is taken for a label because all messages bear it, in UTF-16 units. */
const longestLabel = 160

/** Longest heading of a list of sources, in UTF-16 units. */
const longestHeading = 20

/** How a list of sources begins in the languages of most pages, whatever its element is called. */
const headingOfSources =
  /^(\d+ )?(sources?|references?|citations?|quellen?|referenzen|fuentes?|referencias|fontes?|referências|fonti|bronnen|références|источник\p{L}*|źródła|kaynak\p{L}*|来源|參考|参考|出典|출처)(?!\p{L})/iu

/** A time, a date in digits, or how long ago. Asked of elements in an answer, where a name alone says too little. */
const looksLikeTime = /\b\d{1,2}[:.]\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\b(ago|now)\b|^\d+\s?\p{L}{1,3}\.?$/iu

/** Words that say whether a question has arrived, in the languages of most pages, perhaps with when or by whom. */
const stateWords =
  /^[✓✔]{0,3}\s?(sending|sent|delivered|seen|read|not delivered|failed to send|gesendet|wird gesendet|zugestellt|gelesen|envoyé|distribué|remis|lu|vu|enviando|enviado|entregado|leído|visto|entregue|lido|inviato|consegnato|letto|verzonden|afgeleverd|gelezen|отправлено|доставлено|прочитано|已发送|已送达|已读|送信済み|配信済み|既読|전송됨|읽음|gönderildi|iletildi|okundu|wysłano|dostarczono|odczytano)?(\s(by|at|von|um|par|à|a las|às|alle|om|в|just now)(\s.{1,20})?)?\s?[.…✓✔]*$/i

/** A text that says which of several versions of a message is shown: `2 / 2`. */
const branchText = /^[‹<]?\s?\d{1,3}\s?(\/|of|von|de|di|sur|van|из|／)\s?\d{1,3}\s?[›>]?$/i

/** The same behind a word, where there are buttons beside it. */
const branchWords = /^\p{L}{1,12}\s\d{1,3}\s?(\/|of|von|de|di|sur|van|из|／)\s?\d{1,3}$/iu

/** Text without a letter or digit, as it stands between a name and a time. */
const onlySigns = /^[^\p{L}\p{N}\p{Extended_Pictographic}]*$/u

const prose = 'p,li,td,th,pre,code,blockquote,h1,h2,h3,h4,h5,h6,em,strong,a'

/** What stands in a message's element and isn't what was said. */
export interface Apart {
  elements: Node[]
  /** Who wrote it, where the widget says so. */
  name: string | null
  /** The message is one of several versions. */
  isBranch: boolean
  /** What stands at each end and is a label if other messages of this side bear it too; the outermost first. */
  edges: Edge[]
  /**
   * Those of the elements that only their words mark as apart: in a message that says nothing else, they are what it
   * says.
   */
  byWords: Element[]
}

export interface ApartParts {
  role: 'user' | 'assistant'
  page: ObservedPage
  labels: Labels
}

type PeelParts = ApartParts & { cellsOf: Element | null; edgesOf: Map<Node, Edge[]> }

/** Finds what stands at the ends of a message and isn't what was said: from each end inwards, until there is text. */
export function apartAtEnds(message: Element, parts: ApartParts): Apart {
  const found: Apart = { elements: [], name: null, isBranch: false, edges: [], byWords: [] }
  // Of a message that is a row of a table, the cells are what stands beside each other.
  const cellsOf = message.localName === 'tr' ? message : null
  const edgesOf = new Map<Node, Edge[]>()
  for (const side of ['start', 'end'] as const) peel(message, side, { ...parts, cellsOf, edgesOf }, found)
  // What stands at both ends is all that the message says.
  found.edges = [...edgesOf.values()].flatMap((edges) => (edges.length > 1 ? [] : edges))
  return found
}

/** @returns whether text is left at that end */
function peel(around: Element, side: 'start' | 'end', parts: PeelParts, found: Apart): boolean {
  const children = Array.prototype.slice.call(childNodesOf(around)) as Node[]
  if (side === 'end') children.reverse()
  const countBefore = found.elements.length
  for (const [index, child] of withPlaces(children)) {
    if (child.nodeType === 3 && child.textContent?.trim()) {
      // Dots and bars beside a name or a time belong to those.
      if (found.elements.length > countBefore && onlySigns.test(child.textContent)) continue
      if (peelText(child as Text, children[index + 1], side, parts, found)) continue
      return true
    }
    if (child.nodeType !== 1) continue
    const element = child as Element
    if (isLeftOut(element) || found.elements.includes(element)) continue
    const text = textOf(element)
    if (!text && !element.shadowRoot && !element.querySelector('img,video,audio,slot')) continue
    if (take(element, text, side, parts, found)) continue
    const isProse = element.matches(prose) && parts.cellsOf !== around
    const next = children.slice(index + 1).find((other) => other.nodeType !== 8 && textOf(other))
    if (mayBeLabel(element, text, next, isProse, parts.role)) {
      parts.edgesOf.set(element, [...(parts.edgesOf.get(element) ?? []), edgeOf(element, text, side, next)])
    }
    const had = found.elements.length
    // A question is plain text in most widgets, so an element in its paragraph may be the widget's own.
    const isOpaque = isProse && !(parts.role === 'user' && element.localName === 'p')
    if (isOpaque || peel(element, side, parts, found)) return true
    // All that the element says was found to be apart, so the element is, with the signs between.
    if (text && found.elements.length > had) found.elements.push(element)
  }
  return false
}

/**
 * Takes plain text beside a block, which may be the name of who wrote it.
 *
 * @returns whether it is known to be a label
 */
function peelText(node: Text, next: Node | undefined, side: 'start' | 'end', parts: PeelParts, found: Apart): boolean {
  const text = node.data.trim()
  if (text.length > longestAside || next?.nodeType !== 1 || !(next as Element).matches('div,p,section')) return false
  const edge = edgeOf(node, text, side)
  parts.edgesOf.set(node, [...(parts.edgesOf.get(node) ?? []), edge])
  return parts.labels.has(parts.role, edge) && found.elements.push(node) > 0
}

/** The text of a node; of a picture that stands for a sign, the sign. */
const textOf = (node: Node): string =>
  ((node as Element).localName === 'img' ? (node as Element).getAttribute('alt') : node.textContent)?.trim() ?? ''

/** Whether an element at an end may be a label, as far as this message alone can say it. */
function mayBeLabel(
  element: Element,
  text: string,
  next: Node | undefined,
  isProse: boolean,
  role: 'user' | 'assistant',
): boolean {
  // Text that follows in the same line makes it a word of that text.
  if (
    !text ||
    (next?.nodeType === 3 && !text.endsWith(':')) ||
    text.length > longestLabel ||
    element.querySelector(prose)
  )
    return false
  // Some widgets head each message with whose it is; an answer's own headings say what comes.
  const isHeading =
    /^(h\d|strong|b|em)$/.test(element.localName) && (role === 'user' || text.endsWith(':') || mayBeTime(text))
  return !isProse || isHeading
}

function take(
  element: Element,
  text: string,
  side: 'start' | 'end',
  { role, page, labels }: ApartParts,
  found: Apart,
): boolean {
  const apart = () => found.elements.push(element) > 0
  const byWords = () => apart() && found.byWords.push(element) > 0
  const name = namesOf(element)
  if (role === 'assistant' && isExtra(element, name, side)) return byWords()
  if (text && labels.has(role, edgeOf(element, text, side))) {
    found.name ??= authorIn(element)
    return apart()
  }
  if (text.length > longestAside) return false
  if (text && isCalledButton(element, name)) return apart()
  if (avatarName.test(name) || isPictureOfWho(element, side)) return apart()
  if (isAuthor(element, name, text)) {
    found.name ??= text
    return apart()
  }
  if (
    branchText.test(text) ||
    (branchWords.test(text) && element.parentElement?.querySelector('button,[role=button]'))
  ) {
    found.isBranch = true
    return byWords()
  }
  if (role === 'assistant' && makingName.test(name) && !contentName.test(name)) return apart()
  const isTime = asideName.test(name) && !contentName.test(name) && (role === 'user' || looksLikeTime.test(text))
  if (isTime) return apart()
  const isOwn = role === 'user' && text !== '' && !element.matches(prose)
  if (isOwn && (isClock(text) || (side === 'end' && stateWords.test(text)))) return byWords()
  if (standsInLine(element, text)) return byWords()
  if (isDayAbove(element, text, side) && (role === 'user' || dayName.test(name))) return byWords()
  return text !== '' && page.isClipped(element) ? apart() : false
}

/** A time right behind a word, with no space between: no person writes so, but many widgets do. */
const standsInLine = ({ previousSibling }: Element, text: string): boolean =>
  isClock(text) && previousSibling?.nodeType === 3 && /\S$/.test(previousSibling.textContent ?? '')

/** A row that holds nothing but a day, with which widgets begin the messages of that day. */
const isDayAbove = (element: Element, text: string, side: 'start' | 'end'): boolean =>
  side === 'start' && element.hasAttribute('class') && element.nextElementSibling !== null && isDay(text)

/** Whether a picture shows who speaks: it stands before a block. In a line of text it would be a sign of that line. */
const isPictureOfWho = (element: Element, side: 'start' | 'end'): boolean =>
  element.localName === 'img' &&
  side === 'start' &&
  element.nextElementSibling?.matches('div,section,article,p') === true

/** Who wrote what stands in an element, where something in it says so. */
export const authorIn = (element: Element): string | null =>
  [...element.querySelectorAll('*')].find((one) => isAuthor(one, namesOf(one), textOf(one)))?.textContent?.trim() ??
  null

const isAuthor = (element: Element, name: string, text: string): boolean =>
  text !== '' &&
  authorName.test(name) &&
  !contentName.test(name) &&
  !fileName.test(text) &&
  !cardName.test(element.parentElement?.getAttribute('class') ?? '') &&
  !element.querySelector('p,pre,li')

/**
 * Whether an element at an end of an answer isn't what it says: folded reasoning, its sources, questions to ask next.
 */
function isExtra(element: Element, name: string, side: 'start' | 'end'): boolean {
  if (/^(details|footer)$/.test(element.localName) || extraName.test(name)) return true
  if (/^(listbox|menu|toolbar)$/.test(element.getAttribute('role') ?? '')) return true
  return side === 'end' ? isSources(element) || asksToRate(element) || offersMore(element) : folds(element)
}

/** Whether an element opens and closes below a button of its own. */
const folds = (element: Element): boolean =>
  element.firstElementChild?.matches('[aria-expanded],:has(>[aria-expanded]:only-child)') === true &&
  !element.matches(prose)

/**
 * Whether an element shows an answer's sources: links that no text leads to, as cards of several blocks, or a list
 * below nothing but a heading. `Read these:` and its list are an answer.
 */
function isSources(element: Element): boolean {
  if (element.matches('p,ul,ol,table')) return false
  const linked = [...element.querySelectorAll('a[href]')].filter(addressOf)
  const cards = linked.filter((anchor) => anchor.querySelector('div,p,span span'))
  if (!linked.length) return element.matches('a[href]') && element.querySelector('div,p') !== null
  const inLinks = linked.reduce((length, { textContent }) => length + (textContent?.trim().length ?? 0), 0)
  const heading = (element.textContent?.trim().length ?? 0) - inLinks
  if (heading > longestHeading) return false
  const isMany = linked.length > 1 || headingOfSources.test(element.firstElementChild?.textContent?.trim() ?? '')
  return cards.length > 0 || (isMany && !element.querySelector('p') && isListed(element))
}

/** Whether the element is more than the list alone: a heading, or links one beside the other. */
const isListed = (element: Element): boolean =>
  element.firstElementChild?.matches('ul,ol') === false && !/:\s*$/.test(element.firstElementChild.textContent ?? '')

/** The names that an element bears, classes above all, with hyphens between their words. */
const namesOf = (element: Element): string =>
  ['class', 'data-slot', 'data-testid', 'part']
    .map((attribute) => element.getAttribute(attribute) ?? '')
    .join(' ')
    // The hash that a build puts behind the names of CSS modules.
    .replace(/__\w{0,12}\d\w{0,12}(?=\s|$)/g, '')
    // `message-and-actions` is a message all the same.
    .replace(/-and-[\w-]*/g, '')
    .replace(/([a-z\d])(?=[A-Z])/g, '$1-')

/**
 * Whether an element in a message says when it was sent or whether it has arrived: text that changes by itself, and
 * that nobody has written. By what it is called; in an answer by what it says and by its place too.
 */
export function isAside(element: Element, message: Element, role: 'user' | 'assistant'): boolean {
  const text = element.textContent?.trim() ?? ''
  if (!text || text.length > longestAside) return false
  const names = namesOf(element)
  if (!asideName.test(names) || contentName.test(names)) return false
  for (let around: Node | null = element; around && around !== message; around = parentOf(around)) {
    if (around.nodeType === 1 && (around as Element).matches('p,li,td,th,pre,code')) return false
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
