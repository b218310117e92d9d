/** The command line was wrong; the message says what and what is right. */
export class UsageError extends Error {
  override name = 'UsageError'
}
