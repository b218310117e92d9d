/**
 * Matchers for stored conversations. They need neither Node nor Playwright: for `expect.extend` of Vitest, in its browser
 * mode too, and of Jest. Playwright's `expect` of `chatlog/testing` has them.
 *
 * @module chatlog/testing/matchers
 */
import type { StoredMessage } from '../contract/answer.ts'
import { isLike, shown } from './likeness.ts'
import { counted, type ExpectedMessage, lineOf, sideBySide } from './side-by-side.ts'

export type { StoredConversation, StoredMessage } from '../contract/answer.ts'
export type { ExpectedMessage } from './side-by-side.ts'

/** What a matcher comes to. */
export type Verdict = {
  pass: boolean
  /** What to read where it fails. */
  message: () => string
}

/** A click as a test expects it: the link's label or URL, or the fields that matter. */
export type ExpectedClick = string | RegExp | { url?: unknown; label?: unknown; clickedAt?: unknown }

/** Feedback as a test expects it: its type, or the fields that matter. */
export type ExpectedFeedback = 'positive' | 'negative' | { type?: unknown; reasons?: unknown; createdAt?: unknown }

/** What became of an answer. `streaming`: it hasn't ended; `interrupted`: its tab was gone before it did. */
export type ExpectedStatus = 'streaming' | 'complete' | 'aborted' | 'error' | 'interrupted'

/** The matchers that `expect` has more. */
export type ConversationMatchers = {
  /** The conversation has exactly these messages, in this order; of each, the given fields are compared. */
  toHaveMessages(received: unknown, expected: readonly ExpectedMessage[]): Verdict
  /** In the conversation, or in the one message that is given, a link was clicked that is so. */
  toHaveClicked(received: unknown, expected: ExpectedClick): Verdict
  /** A message of the conversation, or the one message that is given, got such feedback. */
  toHaveFeedback(received: unknown, expected: ExpectedFeedback): Verdict
  /** The conversation's newest answer, or the one message that is given, ended so. */
  toHaveStatus(received: unknown, expected: ExpectedStatus): Verdict
}

/** The same as methods of what `expect` gives: what a test says to the compiler of Vitest or Jest. */
export interface ConversationAssertions {
  toHaveMessages(expected: readonly ExpectedMessage[]): void
  toHaveClicked(expected: ExpectedClick): void
  toHaveFeedback(expected: ExpectedFeedback): void
  toHaveStatus(expected: ExpectedStatus): void
}

/** What chatlog adds to a conversation or a message. */
interface Added {
  linkClicks?: { url: string; label?: string; clickedAt: string }[]
  feedback?: { type: string | null; reasons?: unknown; createdAt?: string }
  status?: string
}

type Held = { properties?: Record<string, unknown> | null | undefined }
type Message = Pick<StoredMessage, 'role' | 'content'> & Held

const addedTo = ({ properties }: Held): Added => (properties?.chatlog ?? {}) as Added

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** The messages of a conversation; the message itself where one is given; `null` where it is neither. */
function messagesOf(received: unknown): Message[] | null {
  if (!isObject(received)) return null
  const { messages } = received as { messages?: unknown }
  if (Array.isArray(messages)) return messages as Message[]
  return 'role' in received && 'content' in received ? [received as Message] : null
}

/**
 * @param stored what is stored, or why nothing is, as far as that is known: for a test that got no conversation
 */
export function createMatchers(stored: () => string | null = () => null): ConversationMatchers {
  const noConversation = (matcher: string, received: unknown): Verdict => {
    const message = () => {
      if (Array.isArray(received))
        return `${matcher}: expected one conversation, got a list of ${received.length}: take \`[0]\``
      if (received != null) return `${matcher}: expected a stored conversation, got ${shown(received)}`
      const why = stored() ?? 'ask `const [conversation] = await chatlog.stored()`, which says why'
      return `${matcher}: there is no such conversation.\n${why}`
    }
    return { pass: false, message }
  }
  return {
    toHaveMessages(received, expected) {
      const messages = messagesOf(received)
      if (!messages) return noConversation('toHaveMessages', received)
      const difference = sideBySide(messages as StoredMessage[], expected)
      if (difference === null) {
        return { pass: true, message: () => `expected other messages than exactly these:\n${linesOf(messages)}` }
      }
      const counts = `${counted(expected.length, 'message')} expected, ${messages.length} stored`
      return { pass: false, message: () => `toHaveMessages: ${counts}\n\n${difference}` }
    },
    toHaveClicked(received, expected) {
      const messages = messagesOf(received)
      if (!messages) return noConversation('toHaveClicked', received)
      const clicks = [received as Held, ...messages].flatMap((holder) => addedTo(holder).linkClicks ?? [])
      const pass = clicks.some((click) => isClick(click, expected))
      const stored = clicks.map(({ url, label }) => `  ${label ?? ''} ${url}`).join('\n') || '  (no click is stored)'
      return { pass, message: () => `${asked('toHaveClicked', pass, 'a click on', expected)}\n${stored}` }
    },
    toHaveFeedback(received, expected) {
      const messages = messagesOf(received)
      if (!messages) return noConversation('toHaveFeedback', received)
      const given = messages.flatMap((message) => {
        const { feedback } = addedTo(message)
        return feedback?.type ? [{ feedback, message }] : []
      })
      const wanted = typeof expected === 'string' ? { type: expected } : expected
      const pass = given.some(({ feedback }) => isLike(feedback, wanted))
      const stored = given.map(
        ({ feedback: { type, reasons }, message }) =>
          `  ${type}${reasons ? ` ${shown(reasons)}` : ''} on "${clipped(lineOf(message))}"`,
      )
      const list = stored.join('\n') || '  (no feedback is stored)'
      return { pass, message: () => `${asked('toHaveFeedback', pass, 'feedback', expected)}\n${list}` }
    },
    toHaveStatus(received, expected) {
      const messages = messagesOf(received)
      if (!messages) return noConversation('toHaveStatus', received)
      const answer = messages.findLast(({ role }) => role === 'assistant') ?? messages.at(-1)
      // An answer that is still growing has none yet.
      const status = answer && (addedTo(answer).status ?? 'streaming')
      const stored = answer ? `  ${status}: "${clipped(lineOf(answer))}"` : '  (there is no message)'
      const pass = status === expected
      return { pass, message: () => `${asked('toHaveStatus', pass, 'an answer that is', expected)}\n${stored}` }
    },
  }
}

/**
 * For `expect.extend` of Vitest, in its browser mode too, and of Jest.
 *
 * @example
 * ```ts
 * import { chatlogMatchers, type ConversationAssertions } from 'chatlog/testing/matchers'
 * import { expect } from 'vitest'
 *
 * declare module 'vitest' {
 *   interface Matchers<T = any> extends ConversationAssertions {}
 * }
 * expect.extend(chatlogMatchers)
 * ```
 */
export const chatlogMatchers: ConversationMatchers = createMatchers()

function isClick(click: object, expected: ExpectedClick): boolean {
  if (typeof expected !== 'string' && !(expected instanceof RegExp)) return isLike(click, expected)
  const { url, label } = click as { url: string; label?: string }
  return isLike(label, expected) || isLike(url, expected)
}

const asked = (matcher: string, pass: boolean, what: string, expected: unknown): string =>
  `${matcher}: expected ${pass ? 'not ' : ''}${what} ${shown(expected)}; stored:`

const clipped = (line: string): string => (line.length > 60 ? `${line.slice(0, 59)}…` : line)

const linesOf = (messages: readonly Message[]): string =>
  messages.map((message) => `  ${clipped(lineOf(message))}`).join('\n')
