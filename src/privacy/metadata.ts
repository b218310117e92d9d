import type { MessageInput } from '../script/chatlog.ts'
import type { LinkClick } from '../script/conversation/rows.ts'

/** `https://docs.example.com` of a link, resolved against the page; `mailto:` of one without a host. */
function hostOf(url: unknown, baseUrl: string): string | undefined {
  try {
    const { protocol, host } = new URL(String(url), baseUrl)
    return host ? `${protocol}//${host}` : protocol
  } catch {
    return // no URL at all: there is no host to keep
  }
}

function lengthOf(content: unknown): number {
  if (!Array.isArray(content)) return content == null ? 0 : String(content).length
  return content.reduce((sum: number, part) => sum + (part?.type === 'text' ? String(part.text).length : 0), 0)
}

/**
 * What is left of a message when nothing that was said may be stored: ids, role, times and status, the hosts of its
 * links, and in `properties.contentLength` how many UTF-16 units its text has.
 */
export function toMetadata({ content, links, ...message }: MessageInput, baseUrl: string): MessageInput {
  const { id, conversationId, role, createdAt, status } = message
  const hosts = (Array.isArray(links) ? links : []).map((link) => hostOf(link?.url, baseUrl))
  return {
    ...{ id, conversationId, role, createdAt, status },
    content: '',
    links: hosts.flatMap((url) => (url === undefined ? [] : [{ url }])),
    properties: { contentLength: lengthOf(content) },
  } as MessageInput
}

/** A click, of which only the host and the time are kept. */
export const toClickMetadata = ({ url, clickedAt }: LinkClick): LinkClick => ({
  url: hostOf(url, 'about:blank') ?? '',
  label: null,
  clickedAt,
})
