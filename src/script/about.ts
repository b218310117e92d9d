import type { State } from './chatlog.ts'
import type { ResolvedOptions } from './options.ts'

declare const __CHATLOG_VERSION__: string

/** The part of `getState` about the script itself, and about where its messages go. */
export const aboutOf = (
  { endpoint, problem }: Pick<ResolvedOptions, 'endpoint' | 'problem'>,
  apiKey: string,
  storedAt: number,
): Pick<State, 'problem' | 'endpoint' | 'keyId' | 'version' | 'storedAt'> => ({
  problem: problem ?? null,
  endpoint,
  keyId: apiKey.split('_')[1] || apiKey.slice(0, 8),
  version: __CHATLOG_VERSION__,
  storedAt: storedAt ? new Date(storedAt).toISOString() : null,
})
