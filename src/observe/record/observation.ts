import type { Conversation } from '../../script/conversation/conversation.ts'
import type { Ledger } from '../../script/ledger.ts'
import { findLast, findLastIndex, withPlaces } from '../../script/lists.ts'
import type { ResolvedOptions } from '../../script/options.ts'
import type { Platform } from '../../script/platform.ts'
import type { Recording } from '../../script/start.ts'
import type { ToldOfOrder } from '../read/growth.ts'
import type { RenderedMessage } from '../read/message-reader.ts'
import { createKnownMessages, type KnownMessage, type KnownMessages } from '../recognize/known-messages.ts'
import { type Interaction, type Reconciled, reconcile } from '../recognize/reconcile.ts'
import { findShownConversation } from './history.ts'
import { ObservedRecorder } from './observed-recorder.ts'

export interface ObservationParts {
  recording: Recording
  options: ResolvedOptions
  platform: Platform
  ledger: Ledger
}

/** Follows what a widget shows: reconciles each look at it with what is recorded. */
export class Observation {
  readonly messages: KnownMessages = createKnownMessages()
  readonly #recording: Recording
  readonly #recorder: ObservedRecorder
  #onReady = () => {}
  #interaction: Interaction = null
  /** The visitor edits a question: they have asked to, or have typed since. */
  #editing: 'asked' | 'typed' | null = null
  /** The conversation, or the search for one, that has to be read before anything can be recognised. */
  #awaited: Conversation | 'search' | null = null
  /** First element of a history that no stored conversation holds, so that it isn't searched for again. */
  #unfound: Element | null = null

  constructor({ recording, ...parts }: ObservationParts) {
    this.#recording = recording
    this.#recorder = new ObservedRecorder({ recording, messages: this.messages, ...parts })
  }

  /** What is known of the order in which messages were said, the tab's conversation included once it has been read. */
  tellOrder(isShown: boolean): ToldOfOrder {
    // Where the page shows no widget, the tab's conversation isn't read.
    if (isShown) this.#isReady()
    const questions = this.messages.all().filter(({ entry }) => entry.row.role === 'user')
    return {
      hasAsked: this.#interaction !== null,
      questions: questions.map(({ seen, stored }) => seen?.comparable ?? stored),
    }
  }

  /** Calls back once what was awaited is read, so that the caller looks at the widget again. */
  onReady(listener: () => void): void {
    this.#onReady = listener
  }

  /** Takes what the widget shows now, container by container. `leaving`: the page goes, perhaps. */
  look(containers: readonly (readonly RenderedMessage[])[], leaving: boolean): void {
    this.#recorder.leaving = leaving
    const shown = containers.filter(({ length }) => length > 0)
    if (shown.length && this.#isReady()) for (const rendered of shown) this.#follow(rendered)
    if (!shown.length) for (const { seen } of this.messages.all()) if (seen) seen.visible = false
    this.#recorder.endGone(this.messages.all())
  }

  /** The visitor has typed or clicked. */
  interact(kind: 'typed' | 'clicked'): void {
    if (this.#interaction !== 'typed') this.#interaction = kind
    if (this.#editing && kind === 'typed') this.#editing = kind
  }

  /** The visitor has stopped the newest answer, or asked for another one in its place. */
  ask(what: 'stop' | 'again'): void {
    const newest = findLast(this.messages.all(), ({ entry }) => entry.row.role === 'assistant')
    if (!newest?.seen) return
    // Widgets offer another answer only once one is whole: this one ends here, and what comes doesn't continue it.
    if (what === 'again' && !newest.seen.settled && newest.seen.asked !== 'stop') this.#recorder.end(newest)
    if (what === 'again' || !newest.seen.settled) newest.seen.asked = what
  }

  /** The visitor wants to edit a question: in many widgets they do so where they write new ones. */
  edit(): void {
    this.#editing = 'asked'
  }

  /** The visitor starts a new conversation. */
  startAnew(): void {
    this.messages.close()
    this.#recording.current.startAfresh()
  }

  /** How long until an answer may have settled, in milliseconds; `null` where none is being received. */
  nextSettleMs(): number | null {
    return this.#recorder.nextSettleMs(this.messages.all())
  }

  /** Whether the tab's conversation has been read: before that, its messages would be taken for new ones. */
  #isReady(): boolean {
    const { current, store } = this.#recording
    if (this.#awaited === 'search') return false
    const conversation = current.last()
    if (!conversation || conversation.logPosition.purged) return true
    if (conversation.logPosition.loaded) {
      this.#awaited = null
      this.messages.add(conversation)
      return true
    }
    if (this.#awaited !== conversation) {
      this.#awaited = conversation
      store.whenLoaded(conversation, () => this.#onReady())
    }
    return false
  }

  #follow(rendered: readonly RenderedMessage[]): void {
    const known = this.messages.all()
    const found = reconcile(rendered, known, {
      interaction: this.#interaction,
      isEditing: this.#editing === 'typed',
      storedForm: (message) => this.#recorder.storedForm(message),
    })
    for (const { seen } of known) if (seen && !seen.element.isConnected) seen.visible = false
    // A visitor who has typed already may have asked the one question that is shown: two must be painted to be history.
    const isPainted = found.strange && isHistory(rendered, this.#interaction === 'typed' ? 2 : 1)
    if (isPainted && this.#unfound !== rendered[0]?.element) this.#search(rendered)
    else this.#record(rendered, known, found, isPainted)
  }

  /**
   * The widget shows history, and not a word of it is known: it may be another tab's conversation, or an earlier one.
   */
  #search(rendered: readonly RenderedMessage[]): void {
    const { current } = this.#recording
    this.#awaited = 'search'
    const done = (found: Conversation | null) => {
      this.#awaited = null
      this.#unfound = rendered[0]?.element ?? null
      if (found && !this.messages.isClosed(found)) current.goOn(found)
      else if (this.messages.all().some(({ closed }) => !closed)) current.startAfresh()
      this.messages.close()
      if (found) this.messages.reopen(found)
      this.#onReady()
    }
    const storedForm = (message: RenderedMessage) => this.#recorder.storedForm(message)
    findShownConversation(this.#recording, rendered, storedForm).then(done, () => done(null))
  }

  #record(
    rendered: readonly RenderedMessage[],
    known: readonly KnownMessage[],
    { pairs, replaces }: Reconciled,
    isPainted: boolean,
  ): void {
    const newestQuestion = findLastIndex(rendered, ({ role }, index) => role === 'user' && pairs[index] === -1)
    for (const [index, message] of withPlaces(rendered)) {
      const isLast = index === rendered.length - 1
      const at = known[pairs[index] ?? -1]
      if (at) {
        this.#recorder.update(at, message, isLast)
        continue
      }
      const later = pairs.slice(index + 1).find((pair) => pair !== -1)
      const isFirst = !rendered.slice(0, index).some(({ role }, other) => role === 'user' || pairs[other] !== -1)
      // A greeting begins no conversation, and a second one has no place in a conversation that goes on.
      if (isFirst && message.role === 'assistant' && (later !== undefined || newestQuestion < index)) continue
      this.#recorder.add(message, {
        known: this.messages.all(),
        replaces: known[replaces[index] ?? -1],
        before: later === undefined ? undefined : known[later],
        isLast,
        isHistory: isPainted && !this.#interaction,
      })
      if (message.role === 'user') this.#interaction = this.#editing = null
    }
  }
}

/**
 * Whether the widget painted history: at least so many questions with their answers. What is said live comes one by
 * one.
 */
const isHistory = (rendered: readonly RenderedMessage[], least: number): boolean =>
  rendered.filter(({ role }, index) => role === 'user' && rendered[index + 1]?.role === 'assistant').length >= least
