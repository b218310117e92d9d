import type { Expect } from 'playwright/test'
import type { StoredMessage } from '../contract/answer.ts'

/** A message as a test expects it: `'user: Hi'`, or the fields that matter. */
export type ExpectedMessage = string | { [Field in keyof StoredMessage]?: unknown }

const asFields = (expected: ExpectedMessage): object => {
  if (typeof expected !== 'string') return expected
  const [role = '', ...content] = expected.split(': ')
  return { role, content: content.join(': ') }
}

const hasMessages = (value: unknown): value is { messages: StoredMessage[] } =>
  Array.isArray((value as { messages?: unknown } | null | undefined)?.messages)

/** What a matcher comes to. */
export type Verdict = {
  pass: boolean
  /** What to read where it fails. */
  message: () => string
}

/** The matchers that `expect` has more. */
export type MessagesMatcher = {
  /** The conversation has exactly these messages, in this order; of each, the given fields are compared. */
  toHaveMessages(received: unknown, expected: readonly ExpectedMessage[]): Verdict
}

/**
 * `expect(conversation).toHaveMessages([...])`: exactly these, in this order; of each the given fields.
 *
 * @param expect Playwright's own, whose comparison and difference are used
 */
export const messagesMatcher = (expect: Expect): MessagesMatcher => ({
  toHaveMessages(received, expected) {
    if (!hasMessages(received)) {
      const hint = 'expected a conversation: `const [conversation] = await chatlog.stored()`, and nothing is stored'
      return { pass: false, message: () => `${hint}; got ${JSON.stringify(received)}` }
    }
    try {
      expect(received.messages).toMatchObject(expected.map(asFields))
      return { pass: true, message: () => 'expected other messages than these, got exactly these' }
    } catch (cause) {
      return { pass: false, message: () => (cause as Error).message }
    }
  },
})
