/** Where a widget's messages stand in the page: CSS selectors, as the tag's `data-*` name them. */
export interface ObserveSelectors {
  /** The widget, or the list of its messages; found in open shadow roots too, and whenever it is mounted. */
  observe: string
  /** A message of the visitor. Where an element matches both, it is the visitor's. */
  user: string
  /** An answer. */
  assistant: string
  /** Its text, inside a message. @defaultValue the whole message, without its buttons */
  content?: string
  /**
   * An answer is complete when this matches it, something in it, or something between it and the next message.
   *
   * @defaultValue when its text has settled: nothing has changed for 2,000 ms
   */
  done?: string
  /** What in a message, or of all messages, isn't what was said: sources, suggestions, disclaimers. */
  ignore?: string
  /** What says that an answer failed. @defaultValue alerts, and what is called an error */
  error?: string
  /** What the visitor clicks to stop an answer. @defaultValue a button that says so, in twenty languages */
  stop?: string
  /** What the visitor clicks to get another answer. @defaultValue a button that says so, in twenty languages */
  retry?: string
  /** What the visitor clicks to start a new conversation. */
  newConversation?: string
  /** What the visitor clicks to say that an answer helped. */
  feedbackPositive?: string
  /** What the visitor clicks to say that an answer didn't help. */
  feedbackNegative?: string
}

/** Attributes by which widgets say whose a message is. */
const roleAttributes = [
  'data-role',
  'data-message-role',
  'data-message-author-role',
  'data-author',
  'data-from',
  'data-sender',
]

const selectorOf = (names: readonly string[], words: readonly string[]): string =>
  [
    ...names.flatMap((name) => roleAttributes.map((attribute) => `[${attribute}="${name}" i]`)),
    ...names.map((name) => `[class~="${name}" i]`),
    ...words.flatMap((word) =>
      ['-message', '_message', 'message', '-bubble', '-msg'].map((behind) => `[class*="${word}${behind}" i]`),
    ),
    ...words.flatMap((word) =>
      ['message-', 'message--', 'message_', 'message-from-', 'msg-', 'bubble-', 'from-'].map(
        (before) => `[class*="${before}${word}" i]`,
      ),
    ),
  ].join()

/** Selectors of each side's messages where the page's owner gave `observe` alone: the names that most widgets use. */
export const defaultSelectors = {
  user: selectorOf(
    ['user', 'human', 'visitor', 'customer', 'outgoing', 'me'],
    ['user', 'human', 'visitor', 'outgoing'],
  ),
  assistant: selectorOf(
    ['assistant', 'bot', 'ai', 'agent', 'incoming'],
    ['assistant', 'bot', 'ai', 'agent', 'incoming'],
  ),
}
