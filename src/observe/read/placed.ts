/** An element that is a message, and whose. */
export interface Placed {
  element: Element
  role: 'user' | 'assistant'
}
