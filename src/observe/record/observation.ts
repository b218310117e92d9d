import type { Conversation } from '../../script/conversation/conversation.ts'
import type { Ledger } from '../../script/ledger.ts'
import type { ResolvedOptions } from '../../script/options.ts'
import type { Platform } from '../../script/platform.ts'
import type { Recording } from '../../script/start.ts'
import type { RenderedMessage } from '../read/rendered-messages.ts'
import { createKnownMessages, type KnownMessage, type KnownMessages } from '../recognize/known-messages.ts'
import { type Interaction, type Reconciled, reconcile } from '../recognize/reconcile.ts'
import { findShownConversation } from './history.ts'
import { createObservedRecorder } from './observed-recorder.ts'

/** What a widget shows, followed: each look at it is reconciled with what is recorded. */
export interface Observation {
  messages: KnownMessages
  /** Takes what the widget shows now, container by container. `leaving`: the page goes, perhaps. */
  look(containers: readonly (readonly RenderedMessage[])[], leaving: boolean): void
  /** The visitor has typed or clicked. */
  interact(kind: 'typed' | 'clicked'): void
  /** The visitor asked for this answer's end, or for another one instead. */
  ask(what: 'stop' | 'again'): void
  /** The visitor starts a new conversation. */
  startAnew(): void
  /** How long until an answer may have settled, in milliseconds; `null` where none is being received. */
  nextSettleMs(): number | null
}

/** @param lookAgain what was waited for is there */
export function createObservation(
  recording: Recording,
  options: ResolvedOptions,
  platform: Platform,
  ledger: Ledger,
  lookAgain: () => void,
): Observation {
  const { current, store } = recording
  const messages = createKnownMessages()
  const recorder = createObservedRecorder(recording, messages, options, platform, ledger)
  let interaction: Interaction = null
  let awaited: Conversation | 'search' | null = null
  /** What was searched for in vain: it belongs to no stored conversation. */
  let unfound: Element | null = null

  /** Whether the tab's conversation has been read. */
  const isReady = (): boolean => {
    if (awaited === 'search') return false
    const conversation = current.last()
    if (!conversation || conversation.log.purged) return true
    if (conversation.log.loaded) {
      awaited = null
      messages.add(conversation)
      return true
    }
    if (awaited !== conversation) {
      awaited = conversation
      store.whenLoaded(conversation, lookAgain)
    }
    return false
  }

  /** Shown, and not a word of it known: another tab's conversation perhaps, or an earlier one. */
  const search = (rendered: readonly RenderedMessage[]) => {
    awaited = 'search'
    const done = (found: Conversation | null) => {
      awaited = null
      unfound = rendered[0]?.element ?? null
      if (found && !messages.isClosed(found)) current.goOn(found)
      else if (messages.all().some(({ closed }) => !closed)) current.end()
      messages.close()
      if (found) messages.reopen(found)
      lookAgain()
    }
    findShownConversation(recording, rendered, recorder.storedForm).then(done, () => done(null))
  }

  const follow = (rendered: readonly RenderedMessage[]) => {
    const known = messages.all()
    const found = reconcile(rendered, known, interaction, recorder.storedForm)
    for (const { seen } of known) if (seen && !seen.element.isConnected) seen.visible = false
    const isPainted = found.strange && interaction !== 'typed' && isHistory(rendered)
    if (isPainted && unfound !== rendered[0]?.element) return search(rendered)
    record(rendered, known, found, isPainted)
  }

  const record = (
    rendered: readonly RenderedMessage[],
    known: readonly KnownMessage[],
    { pairs, replaces }: Reconciled,
    isPainted: boolean,
  ) => {
    const newestQuestion = rendered.findLastIndex(({ role }, index) => role === 'user' && pairs[index] === -1)
    for (const [index, message] of rendered.entries()) {
      const isLast = index === rendered.length - 1
      const at = known[pairs[index] ?? -1]
      if (at) {
        recorder.update(at, message, isLast)
        continue
      }
      const later = pairs.slice(index + 1).find((pair) => pair !== -1)
      const isFirst = !rendered.slice(0, index).some(({ role }, other) => role === 'user' || pairs[other] !== -1)
      // A greeting begins no conversation, nor is another one worth a place in the one that goes on.
      if (isFirst && message.role === 'assistant' && (later !== undefined || newestQuestion < index)) continue
      recorder.add(message, {
        known: messages.all(),
        replaces: known[replaces[index] ?? -1],
        before: later === undefined ? undefined : known[later],
        isLast,
        isHistory: isPainted && !interaction,
      })
      if (message.role === 'user') interaction = null
    }
  }

  return {
    messages,
    look(containers, leaving) {
      recorder.leaving = leaving
      const shown = containers.filter(({ length }) => length > 0)
      if (shown.length && isReady()) for (const rendered of shown) follow(rendered)
      if (!shown.length) for (const { seen } of messages.all()) if (seen) seen.visible = false
      recorder.endGone(messages.all())
    },
    interact(kind) {
      if (interaction !== 'typed') interaction = kind
    },
    ask(what) {
      const newest = messages.all().findLast(({ entry }) => entry.row.role === 'assistant')
      if (newest?.seen && (what === 'again' || !newest.seen.settled)) newest.seen.asked = what
    },
    startAnew() {
      messages.close()
      current.end()
    },
    nextSettleMs: () => recorder.nextSettleMs(messages.all()),
  }
}

/** Painted at once: a question and its answer. What is said live comes one by one. */
const isHistory = (rendered: readonly RenderedMessage[]): boolean =>
  rendered.some(({ role }, index) => role === 'user' && rendered[index + 1]?.role === 'assistant')
