import type { ChatlogEvents, DropReason, State } from './chatlog.ts'
import { toJson } from './json.ts'
import type { ResolvedOptions } from './options.ts'
import type { Platform } from './platform.ts'

type EventName = keyof ChatlogEvents

const eventNames: readonly EventName[] = ['recorded', 'delivered', 'retrying', 'refused', 'dropped', 'blocked']

/** Counts what happened, tells listeners, and writes to the console what a developer has to know. */
export interface Ledger {
  emit<Name extends EventName>(name: Name, event: ChatlogEvents[Name]): void
  on<Name extends EventName>(name: Name, listener: (event: ChatlogEvents[Name]) => void): () => void
  /**
   * Counts a loss, writes it to the console and tells the listeners of `dropped`. `detail` says what was wrong and what
   * to do, without content. @defaultValue messages 1
   */
  drop(reason: DropReason, messageId: string | null, detail: string, messages?: number): void
  /** Counts a loss and says nothing. @defaultValue messages 1 */
  count(reason: DropReason, messages?: number): void
  /** One console line for the site's developer. */
  complain(line: string, cause?: unknown): void
  /** Under `debug`: one console line. */
  debug(name: string, detail: unknown): void
  /** Under `debug`: an entry in the page's performance timeline, from then (`elapsedMs`) to now. */
  measure(name: string, startedAt: number): void
  counts: State['counts']
  /** When the endpoint last said that it has stored something of this page, milliseconds since 1970; 0 for never. */
  storedAt: number
}

/** Keeps the counts and listeners of one instance. */
export function createLedger(
  { debug }: Pick<ResolvedOptions, 'debug'>,
  { console, measure }: Pick<Platform, 'console' | 'measure'>,
): Ledger {
  // No `Map`: of what the page has made impossible, this still has to be said.
  const listeners: [name: EventName, listener: (event: never) => void][] = []
  const counts: State['counts'] = { recorded: 0, delivered: 0, dropped: {} }

  const ledger: Ledger = {
    emit(name, event) {
      ledger.debug(name, event)
      for (const [heard, listener] of [...listeners]) {
        try {
          if (heard === name) listener(event as never)
        } catch (cause) {
          console.error(`chatlog: your '${name}' listener threw`, cause)
        }
      }
    },
    on(name, listener) {
      if (!eventNames.includes(name)) ledger.complain(`there is no event ${toJson(name)}`)
      const entry: (typeof listeners)[number] = [name, listener as (event: never) => void]
      listeners.push(entry)
      return () => {
        const at = listeners.indexOf(entry)
        if (at >= 0) listeners.splice(at, 1)
      }
    },
    drop(reason, messageId, detail, messages = 1) {
      ledger.count(reason, messages)
      ledger.complain(`message dropped (${reason}): ${detail}${messageId === null ? '' : ` [message ${messageId}]`}`)
      ledger.emit('dropped', { messageId, reason, detail })
    },
    count(reason, messages = 1) {
      counts.dropped[reason] = (counts.dropped[reason] ?? 0) + messages
    },
    complain: (line, ...cause) => console.error(`chatlog: ${line}`, ...cause),
    debug(name, detail) {
      if (debug) console.debug('chatlog', name, detail)
    },
    measure(name, startedAt) {
      if (debug) measure(name, startedAt)
    },
    counts,
    storedAt: 0,
  }
  return ledger
}
