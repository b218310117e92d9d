import type { ContentPartInput, LinkInput, MessageInput, ToolCallInput } from '../script/chatlog.ts'
import type { LinkClick } from '../script/conversation/rows.ts'
import { lastOf } from '../script/lists.ts'
import { redactText, withoutOpenEnd } from './redact-text.ts'
import { withoutQueryValues } from './redact-url.ts'
import { redactArguments, redactValue } from './redact-value.ts'

/** A URL without its values, and without the address or number that its path, or a `mailto:`, holds. */
export const redactUrl = (url: string): string => redactText(withoutQueryValues(url))

/** Texts as they are; a URL object or a number as the text that it stands for; `null` and `undefined` as they are. */
const optionalText = <Given>(value: Given, redact = redactText): Given =>
  (value == null ? value : redact(String(value))) as Given

function redactLink(link: LinkInput): LinkInput {
  const { url, label, title, description, type, breadcrumbs } = link
  return {
    url: optionalText(url, redactUrl),
    ...{ label: optionalText(label), title: optionalText(title), description: optionalText(description), type },
    breadcrumbs: Array.isArray(breadcrumbs) ? breadcrumbs.map((crumb) => optionalText(crumb)) : null,
  } as LinkInput
}

const redactToolCall = (call: ToolCallInput): ToolCallInput => ({
  ...call,
  function: { ...call?.function, arguments: redactArguments(call?.function?.arguments) },
})

/** The parts with neighbouring texts joined: a streaming answer may bring each word as a part of its own. */
function joinedTexts(parts: readonly ContentPartInput[]): ContentPartInput[] {
  const joined: ContentPartInput[] = []
  for (const part of parts) {
    const last = lastOf(joined)
    if (part?.type === 'text' && last?.type === 'text')
      joined[joined.length - 1] = { ...last, text: last.text + part.text }
    else joined.push(part)
  }
  return joined
}

const redactPart = (part: ContentPartInput): ContentPartInput =>
  part?.type === 'text'
    ? { ...part, text: optionalText(part.text) }
    : { ...part, image_url: { ...part?.image_url, url: optionalText(part?.image_url?.url, redactUrl) } }

function redactParts(parts: readonly ContentPartInput[], isGrowing: boolean): ContentPartInput[] {
  const joined = joinedTexts(parts)
  const last = lastOf(joined)
  if (isGrowing && last?.type === 'text') joined[joined.length - 1] = { ...last, text: withoutOpenEnd(last.text) }
  const redacted = joined.map(redactPart)
  const texts = (all: readonly ContentPartInput[]) =>
    all.map((part) => (part?.type === 'text' ? part.text : '\0')).join('')
  // Where there was nothing to redact, the parts stay as the page gave them.
  return !isGrowing && texts(redacted) === texts(joined) ? parts.map(redactPart) : redacted
}

function redactContent(content: MessageInput['content'], isGrowing: boolean): MessageInput['content'] {
  if (Array.isArray(content)) return redactParts(content, isGrowing)
  return content == null ? content : redactText(isGrowing ? withoutOpenEnd(String(content)) : String(content))
}

/**
 * A message without what names or unlocks, in its text, name, links, tool arguments and properties. Ids stay as they
 * are, and images too. While it streams, its last word is left out: it may be half an address.
 */
export function redactMessage(message: MessageInput): MessageInput {
  const { content, name, links, toolCalls, properties, status } = message
  return {
    ...message,
    content: redactContent(content, status === 'streaming'),
    name: optionalText(name),
    links: Array.isArray(links) ? links.map((link) => redactLink({ ...link })) : null,
    toolCalls: Array.isArray(toolCalls) ? toolCalls.map(redactToolCall) : null,
    properties: redactValue(properties) as MessageInput['properties'],
  } as MessageInput
}

/** A click on a link, its URL without values. */
export const redactClick = ({ url, label, clickedAt }: LinkClick): LinkClick => ({
  url: redactUrl(url),
  label: optionalText(label),
  clickedAt,
})
