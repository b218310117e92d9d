import { markedFeedbackId } from '../../contract/feedback-id.ts'
import type { Conversation } from '../../script/conversation/conversation.ts'
import { fromRowJson } from '../../script/conversation/message.ts'
import { type MessageEntry, wireIdOf } from '../../script/conversation/transcript.ts'
import { createTransport } from '../../script/deliver/transport.ts'
import { toJson, utf8Bytes } from '../../script/json.ts'
import type { startRecording } from '../../script/start.ts'

/** One upsert is tried so often. What fails until then is still at its message. */
const maxAttempts = 5

/** How long the first pause between two tries is, in milliseconds; each later one is twice as long. */
const firstRetryMs = 2_000

/** The endpoint's sibling that takes feedback; `null` where the endpoint's path doesn't end in `/conversations`. */
export function feedbackEndpointOf(endpoint: string): string | null {
  const url = new URL(endpoint)
  const path = url.pathname.replace(/\/conversations\/?$/, '/feedback')
  if (path === url.pathname) return null
  url.pathname = path
  return url.href
}

/**
 * Recording that also tells the endpoint's sibling `/feedback` what visitors think of a message, once the message has
 * been delivered. An upsert under an id of the message's, so that it may be sent twice and the last word counts. An
 * endpoint that has no such path is asked once in a page.
 */
export const withFeedbackUpserts =
  (start: typeof startRecording): typeof startRecording =>
  (parts) => {
    const { options, platform, ledger, apiKey } = parts
    const recording = start(parts)
    const endpoint = feedbackEndpointOf(options.endpoint)
    if (!endpoint) return recording
    const transport = createTransport({ endpoint, server: 'hosted', apiKey, platform })
    const told = new Map<string, string>()
    const pauses = new Set<() => void>()
    let isTaken = true

    const send = async (id: string, body: string, attempt: number) => {
      if (told.get(id) !== body) return
      const { kind, ...outcome } = await transport.deliver([body], utf8Bytes(body), id, true).outcome
      if (kind === 'delivered') return
      if (kind !== 'retry') {
        // No such path, or a key that may not: neither changes in this page's life.
        isTaken &&= !/^40[1345]$/.test(String((outcome as { status: number }).status))
      } else if (attempt < maxAttempts) {
        const { afterMs } = outcome as { afterMs: number | null }
        pauses.add(
          platform.setTimer(() => void send(id, body, attempt + 1), afterMs ?? firstRetryMs * 2 ** (attempt - 1)),
        )
      } else {
        told.delete(id)
      }
    }

    const tell = (conversation: Conversation, { row }: MessageEntry) => {
      const feedback = fromRowJson(row.json)?.properties?.chatlog?.feedback
      // Taken back: `/feedback` has no word for it, so that it stands at the message alone.
      if (!feedback?.type) return
      const messageId = row.id + conversation.suffix
      const id = markedFeedbackId(messageId)
      const body = toJson({ id, messageId, ...feedback, userProperties: conversation.header.userProperties }) as string
      if (told.get(id) === body) return
      told.set(id, body)
      void send(id, body, 1)
    }

    const unsubscribe = ledger.on('delivered', ({ conversationId }) => {
      const conversation = recording.store.all().find((one) => conversationId.startsWith(wireIdOf(one)))
      for (const entry of conversation?.messages ?? []) {
        if (!isTaken) return
        if (entry.row.json.includes('"feedback":') && !conversation?.delivery.dirty.has(entry)) {
          tell(conversation as Conversation, entry)
        }
      }
    })

    const endBy = (finish: () => void) => () => {
      unsubscribe()
      told.clear()
      for (const cancel of pauses) cancel()
      transport.abort()
      finish()
    }
    return {
      ...recording,
      stop: endBy(recording.stop),
      wipe: endBy(recording.wipe),
    }
  }
