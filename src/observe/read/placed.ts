/** An element that is a message, and whose. */
export interface Placed {
  element: Element
  role: 'user' | 'assistant'
  /** What it stands in, where that holds several messages of one side. */
  group?: Element
}
