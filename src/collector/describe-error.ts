/** Depth to which an error's causes are logged. */
const maxCauses = 3

/** The parts of an error that may stand in a log. */
export type LoggedError = { name: string; code?: string; message: string; at: string[]; cause?: LoggedError }

/**
 * An error without what people said. Messages of databases and of `JSON.parse` quote what they failed on, and errors
 * carry rows and parameters: it keeps the message up to the first quotation, the code, and the lines of code on the
 * way.
 */
export function describeError(error: unknown, causes = maxCauses): LoggedError {
  if (!(error instanceof Error)) return { name: typeof error, message: '', at: [] }
  const { name, message, stack = '', cause } = error
  const code = 'code' in error ? String(error.code) : undefined
  return {
    name,
    ...(code !== undefined && { code }),
    message: message.split(/["'`“(]/, 1)[0]?.trim() ?? '',
    at: stack.split('\n').flatMap((line) => /^\s+at (.+)$/.exec(line)?.[1] ?? []),
    ...(cause !== undefined && causes > 0 && { cause: describeError(cause, causes - 1) }),
  }
}
