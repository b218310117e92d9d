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
  /** What the visitor clicks to start a new conversation. */
  newConversation?: string
  /** What the visitor clicks to say that an answer helped. */
  feedbackPositive?: string
  /** What the visitor clicks to say that an answer didn't help. */
  feedbackNegative?: string
}
