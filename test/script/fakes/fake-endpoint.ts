import { mergeConversation } from '../../../src/collector/conversations/merge-conversation.ts'
import type { StoredConversation } from '../../../src/contract/answer.ts'
import {
  type ConversationUpsert,
  conversationUpsertSchema,
  type OpenaiConversation,
} from '../../../src/contract/conversation.ts'
import { maxBodyBytes } from '../../../src/contract/limits.ts'
import type { FakeClock } from './fake-clock.ts'

/** What may go wrong with one request. Without a fault it is applied when it arrives, and answered 200. */
export type Fault =
  /** Not applied. */
  | { kind: 'status'; status: number; retryAfter?: string; detail?: string }
  /** Never answered; applied this much later, or never. */
  | { kind: 'hang'; appliedAfterMs: number | null }
  /** Applied and answered this much later: what comes meanwhile overtakes it. */
  | { kind: 'slow'; ms: number }
  /** The connection breaks before or after it is applied. */
  | { kind: 'reset'; applied: boolean }
  /** Applied; the answer breaks off in its body. */
  | { kind: 'cut' }
  /** Applied; the answer's body never ends, after its `text`, the whole answer where none is given. */
  | { kind: 'stall'; text?: string }
  /** Applied, and answered with that; `null`: with the conversation. */
  | { kind: 'answered'; status: number; text: string | null }
  /** Not applied: somebody else answers in the endpoint's place. */
  | { kind: 'foreign'; status: number; contentType?: string; text?: string }
  /** Not applied: redirected to there; followed, the answer is a page's. */
  | { kind: 'redirect'; to: string }
  /** Not applied where a body comes compressed; well without. */
  | { kind: 'no_gzip'; status: number }

/** An answer on its way to the page; `null`: the connection broke. */
export type Answer = {
  status: number
  headers: Record<string, string>
  text: string
  end: 'whole' | 'cut' | 'stall'
  /** Where it redirects to. */
  to?: string
}

/** A request as it came, and what became of it. */
export interface ReceivedRequest {
  /** Milliseconds on the fake clock since it was made. */
  at: number
  url: string
  headers: Record<string, string>
  text: string
  bytes: number
  /** Wire ids, for looking at. */
  conversationId: string
  messageIds: string[]
  fault: Fault | null
}

/** The server's side: stores conversations, and misbehaves as it is told. */
export interface FakeEndpoint {
  /** In the order of arrival. */
  requests: ReceivedRequest[]
  /** What was not as the contract wants it; stays empty. */
  violations: string[]
  /** Misbehaves so with the next requests, one fault each; `null` for one that is well. */
  next(...faults: (Fault | null)[]): void
  /** Misbehaves so with all requests that no `next` is meant for, until told otherwise. */
  always(fault: Fault | null): void
  receive(
    request: { url: string; headers: Record<string, string>; text: string },
    reply: (answer: Answer | null) => void,
  ): void
  conversations(): ServedConversation[]
  /** Text of the messages that the server holds of it, in order. */
  contentsOf(conversationId: string): string[]
  /** The same of every conversation. */
  contents(): string[][]
}

/** As stored: in `replace` mode the last upsert applied, in `merge` mode as our collector merges. */
export type ServedConversation = OpenaiConversation & { id: string }

/** What chatlog added to a message or a conversation. */
export interface SeenMarks {
  linkClicks?: { url: string; label: string | null }[]
  truncated?: { originalBytes: number; keptBytes: number }
  [name: string]: unknown
}

export const marksOf = (seen: Pick<ServedConversation, 'properties'> | undefined): SeenMarks =>
  (seen?.properties?.chatlog ?? {}) as SeenMarks

/** `replace`: forgets what an upsert leaves out, as the hosted API may; `merge`: as our own collector does. */
export type EndpointMode = 'merge' | 'replace'

export function createFakeEndpoint(clock: FakeClock, mode: EndpointMode): FakeEndpoint {
  const stored = new Map<string, ServedConversation>()
  const nextFaults: (Fault | null)[] = []
  const requests: ReceivedRequest[] = []
  const violations: string[] = []
  let usualFault: Fault | null = null

  const apply = (text: string) => {
    const parsed = conversationUpsertSchema.safeParse(JSON.parse(text))
    if (!parsed.success) return void violations.push(parsed.error.message)
    const { data } = parsed
    const id = data.id ?? ''
    const before = stored.get(id)
    stored.set(id, mode === 'merge' ? merged(before, data, id, clock) : ({ ...data, id } as ServedConversation))
  }

  const handle = (
    text: string,
    headers: Record<string, string>,
    fault: Fault | null,
    reply: (answer: Answer | null) => void,
  ) => {
    const applied = () => {
      apply(text)
      const { id } = JSON.parse(text) as ServedConversation
      return answer(200, JSON.stringify({ id }))
    }
    if (!fault) return reply(applied())
    switch (fault.kind) {
      case 'status':
        return reply(refusal(fault))
      case 'hang':
        if (fault.appliedAfterMs !== null) clock.after(fault.appliedAfterMs, () => apply(text))
        return
      case 'slow':
        return void clock.after(fault.ms, () => reply(applied()))
      case 'reset':
        if (fault.applied) apply(text)
        return reply(null)
      case 'foreign': {
        const { status, contentType = 'text/html', text: page = '<!doctype html>' } = fault
        return reply(answer(status, page, { 'content-type': contentType }))
      }
      case 'answered': {
        const whole = applied()
        return reply({ ...whole, status: fault.status, text: fault.text ?? whole.text })
      }
      case 'redirect':
        return reply({ ...answer(0, ''), to: fault.to })
      case 'no_gzip':
        return reply(
          headers['content-encoding'] ? answer(fault.status, 'bad body', { 'content-type': 'text/plain' }) : applied(),
        )
      case 'stall':
        return reply({ ...applied(), ...(fault.text === undefined ? {} : { text: fault.text }), end: fault.kind })
      default:
        return reply({ ...applied(), end: fault.kind })
    }
  }

  const contentsOf = (id: string) => (stored.get(id)?.messages ?? []).map(({ content }) => textOf(content))

  return {
    requests,
    violations,
    next: (...faults) => void nextFaults.push(...faults),
    always(fault) {
      usualFault = fault
      nextFaults.length = 0
    },
    receive(request, reply) {
      if (!request.text) return reply({ ...answer(200, '<!doctype html>'), to: redirectsTo(usualFault) })
      const next = nextFaults.shift()
      const fault = next === undefined ? usualFault : next
      const bytes = Buffer.byteLength(request.text)
      const { id, messages } = JSON.parse(request.text) as ServedConversation
      const messageIds = messages.map((message) => message.id ?? '')
      requests.push({ ...request, at: clock.elapsedMs(), bytes, conversationId: id, messageIds, fault })
      if (bytes > maxBodyBytes) violations.push(`a body of ${bytes} bytes`)
      handle(request.text, request.headers, fault, reply)
    },
    conversations: () => [...stored.values()],
    contentsOf,
    contents: () => [...stored.keys()].map(contentsOf),
  }
}

const redirectsTo = (fault: Fault | null) => (fault?.kind === 'redirect' ? fault.to : '')

/** A message's text, its parts joined. */
export const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : Array.isArray(content)
      ? content.map((part) => (part.type === 'text' ? part.text : part.image_url.url)).join('')
      : ''

const answer = (status: number, text: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': status < 300 ? 'application/json' : 'application/problem+json', ...headers },
  text,
  end: 'whole',
})

const refusal = ({ status, retryAfter, detail = `refused with ${status}` }: Fault & { kind: 'status' }): Answer =>
  answer(status, JSON.stringify({ status, detail }), retryAfter === undefined ? {} : { 'retry-after': retryAfter })

function merged(
  before: ServedConversation | undefined,
  upsert: ConversationUpsert,
  conversationId: string,
  clock: FakeClock,
): ServedConversation {
  const context = {
    projectId: 'project',
    keyId: 'key',
    now: new Date(clock.now()).toISOString(),
    createId: () => 'made',
  }
  const { conversation } = mergeConversation((before ?? null) as StoredConversation | null, upsert, {
    ...context,
    conversationId,
  })
  return conversation as unknown as ServedConversation
}
