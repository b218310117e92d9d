import { markedFeedbackId } from '../../contract/feedback-id.ts'
import type { Conversation } from '../../script/conversation/conversation.ts'
import { fromRowJson } from '../../script/conversation/message.ts'
import { type MessageEntry, wireIdOf } from '../../script/conversation/transcript.ts'
import { createTransport } from '../../script/deliver/transport.ts'
import { toJson, utf8Bytes } from '../../script/json.ts'
import type { startRecording } from '../../script/start.ts'

/** How often one upsert is tried. Feedback that fails until then still stands at its message. */
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
 * Makes a recording that also sends feedback to `/feedback` beside the endpoint, once its message is delivered. The
 * upsert's id is made of the message's, so that it may be sent twice and the last word counts. An endpoint without that
 * path is asked once a page.
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
        // The endpoint has no such path, or the key may not write there: neither changes while this page lives.
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
      // The visitor has taken it back. `/feedback` has no word for that, so it stands at the message alone.
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
