import { MessageReader, type RenderedMessage } from '../../observe/read/message-reader.ts'
import type { ObserveSelectors } from '../../observe/read/observe-selectors.ts'
import type { ObservedPage } from '../../observe/read/page.ts'
import { type PresetName, presets } from '../../observe/read/presets.ts'
import { outermost, type Roots } from '../../observe/read/roots.ts'
import { type Clicked, findSelectors } from './find-selectors.ts'

/** What a tag is given, and what it would record of what the page shows now. */
export interface Proposal {
  /** Attributes of the tag, without `data-`. */
  tag: Record<string, string>
  messages: Pick<RenderedMessage, 'role' | 'text' | 'name' | 'links'>[]
}

/** What would be recorded of what the page shows now: by the reader that the tag uses, once. */
function readWith(selectors: ObserveSelectors, page: ObservedPage, roots: Roots): RenderedMessage[] {
  const reader = new MessageReader(selectors, roots, page)
  const told = { hasAsked: false, questions: [] }
  return outermost(roots.query(page.document, selectors.observe)).flatMap((container) => reader.read(container, told))
}

/** The preset that reads both messages that were clicked. */
function presetFor({ user, assistant }: Clicked, page: ObservedPage, roots: Roots): Proposal | null {
  for (const [preset, selectors] of Object.entries(presets) as [PresetName, ObserveSelectors][]) {
    if (!roots.query(page.document, selectors.observe).length) continue
    const messages = readWith(selectors, page, roots)
    const reads = (clicked: Element, role: RenderedMessage['role']) =>
      messages.some((message) => message.role === role && message.element.contains(clicked))
    if (reads(user, 'user') && reads(assistant, 'assistant')) return { tag: { preset }, messages }
  }
  return null
}

/**
 * What to give the tag so that it records the messages that were clicked: a preset, else selectors; `data-content` where the
 * reader would not find the text by itself.
 *
 * @returns `null` where nothing stable tells the two apart
 */
export function propose(clicked: Clicked, page: ObservedPage, roots: Roots): Proposal | null {
  const known = presetFor(clicked, page, roots)
  if (known) return known
  const found = findSelectors(clicked, page.document, roots)
  if (!found) return null
  const { content, ...withoutContent } = found
  const whole = readWith(withoutContent, page, roots)
  if (!content) return { tag: { ...withoutContent }, messages: whole }
  const messages = readWith(found, page, roots)
  const isSame =
    messages.length === whole.length &&
    messages.every(({ comparable }, index) => comparable === whole[index]?.comparable)
  return isSame ? { tag: { ...withoutContent }, messages: whole } : { tag: { ...withoutContent, content }, messages }
}
