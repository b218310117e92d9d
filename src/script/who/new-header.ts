import type { ConversationInput } from '../chatlog.ts'
import type { ConversationHeader } from '../conversation/rows.ts'
import { parseJson, toJson } from '../json.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { Visitor } from './visitor.ts'

declare const __CHATLOG_VERSION__: string

interface HeaderParts {
  options: ResolvedOptions
  platform: Pick<Platform, 'now' | 'page' | 'automated'>
  visitor: Pick<Visitor, 'id' | 'userProperties'>
}

/** The header of a conversation that begins now, on this page, with this visitor. */
export function newHeader({ options, platform, visitor }: HeaderParts, externalId: string | null): ConversationHeader {
  const { href, title } = platform.page()
  // Read before the user's properties: should another tab overwrite the id between the two, `adoptCookie` looks for
  // headers with this earlier one.
  const visitorId = visitor.id()
  return {
    externalId,
    createdAt: new Date(platform.now()).toISOString(),
    updatedAt: platform.now(),
    userProperties: visitor.userProperties(),
    properties: asPlain(options.properties),
    tags: [...options.tags],
    visibility: null,
    chatlog: {
      visitorId,
      page: { url: withoutValues(href), title },
      libraryVersion: __CHATLOG_VERSION__,
      ...(platform.automated && { automated: true }),
    },
  }
}

/** The header with what the site says of the conversation, added to what it said before. */
export const describedHeader = (
  header: ConversationHeader,
  { properties, tags, visibility }: ConversationInput,
): ConversationHeader => ({
  ...header,
  properties: { ...header.properties, ...asPlain(properties) },
  tags: [...new Set([...header.tags, ...(Array.isArray(tags) ? tags.map(String) : [])])],
  visibility: visibility === 'public' || visibility === 'private' ? visibility : header.visibility,
})

/** A copy as plain JSON, without `chatlog`, which is reserved. */
export function asPlain(properties: Record<string, unknown> | undefined): Record<string, unknown> {
  const { chatlog: _reserved, ...plain } = (parseJson(toJson(properties)) ?? {}) as Record<string, unknown>
  return plain
}

/** The page's URL without its fragment and the values in its query: both may name a person. */
export function withoutValues(href: string): string {
  const [url, query] = href.replace(/#.*/s, '').split('?', 2) as [string, string?]
  return query ? `${url}?${query.replace(/=[^&]*/g, '=')}` : url
}
