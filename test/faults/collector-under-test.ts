import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'

/** A request as it came through the line. */
export interface Arrived {
  method: string
  /** Path and query. */
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface Answer {
  status: number
  headers: OutgoingHttpHeaders
  body: Buffer
}

/** Where the line leads to. */
export interface Upstream {
  /** Rejects while the collector is away. */
  answer(request: Arrived): Promise<Answer>
}

/** What a collector holds of a message. */
export interface HeldMessage {
  content: unknown
  properties?: Record<string, unknown> | null | undefined
}

/** What a collector holds of a conversation. */
export interface HeldConversation {
  id: string
  createdAt: string
  messages: HeldMessage[]
  properties?: Record<string, unknown> | null | undefined
}

/** A collector that the script is held against. */
export interface CollectorUnderTest extends Upstream {
  webKey: string
  /** Everything it holds, oldest conversation first, parts in order. */
  held(): Promise<HeldConversation[]>
  /** Ends, breaking off what is under way, and comes back with what it had stored. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** Oldest first; the parts of one conversation share their date. */
export const inOrder = (conversations: HeldConversation[]): HeldConversation[] =>
  conversations.sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id))
