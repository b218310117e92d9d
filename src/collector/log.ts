import { describeError } from './describe-error.ts'

/** How much is logged: each request too, failures and what goes on otherwise, failures alone, nothing. */
export const logLevels = ['request', 'info', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** One line of the log beside its time and level. Never content, keys, or ids that senders choose. */
export type LogFields = Record<string, string | number | boolean | undefined>

/** The collector's log: JSON, a line each. */
export type Log = {
  request(fields: LogFields): void
  info(event: string, fields?: LogFields): void
  error(event: string, error: unknown, fields?: LogFields): void
}

/**
 * Makes a log of the lines that `level` lets through.
 *
 * @param write takes one line, its end included
 * @param now milliseconds since 1970
 */
export function createLog(level: LogLevel, write: (line: string) => void, now: () => number = Date.now): Log {
  const least = logLevels.indexOf(level)
  const add = (at: LogLevel, event: string, fields: object) => {
    if (logLevels.indexOf(at) < least) return
    write(`${JSON.stringify({ time: new Date(now()).toISOString(), level: at, event, ...fields })}\n`)
  }
  return {
    request: (fields) => add('request', 'answered', fields),
    info: (event, fields = {}) => add('info', event, fields),
    error: (event, error, fields = {}) => add('error', event, { ...fields, error: describeError(error) }),
  }
}
