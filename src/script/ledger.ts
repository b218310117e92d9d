import type { ChatlogEvents, DropReason, State } from './chatlog.ts'
import type { ResolvedOptions } from './options.ts'
import type { Platform } from './platform.ts'

type EventName = keyof ChatlogEvents

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
  const listeners = new Map<EventName, Set<(event: never) => void>>()
  const counts: State['counts'] = { recorded: 0, delivered: 0, dropped: {} }

  const ledger: Ledger = {
    emit(name, event) {
      ledger.debug(name, event)
      for (const listener of listeners.get(name) ?? []) {
        try {
          listener(event as never)
        } catch (cause) {
          console.error(`chatlog: your '${name}' listener threw`, cause)
        }
      }
    },
    on(name, listener) {
      const those = listeners.get(name) ?? new Set()
      listeners.set(name, those.add(listener as (event: never) => void))
      return () => those.delete(listener as (event: never) => void)
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
