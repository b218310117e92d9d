import { describeError } from '../describe-error.ts'

/**
 * The least that is logged: `info` requests too, `warn` what the collector refused for want of its store, `error`
 * failures.
 */
export const logLevels = ['info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** The fields of a line beside its time, level and event: never content, keys, or ids that senders choose. */
export type LogFields = Record<string, string | number | undefined>

/** The collector's log: JSON, a line each. */
export type Log = {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
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
    info: (event, fields = {}) => add('info', event, fields),
    warn: (event, fields = {}) => add('warn', event, fields),
    error: (event, error, fields = {}) => add('error', event, { ...fields, error: describeError(error) }),
  }
}
