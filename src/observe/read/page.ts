/** What observing needs of the page beyond the script's `Platform`. Only this file reads the page's globals. */
export interface ObservedPage {
  document: Document
  createObserver(callback: MutationCallback): MutationObserver
  /** Resolves once the custom element is defined. */
  whenDefined(name: string): Promise<unknown>
  isDefined(name: string): boolean
  /** Whether line breaks in the element's text are shown as such. Asks for its style, never for layout. */
  keepsLines(element: Element): boolean
  /** Whether an element begins a line of its own by its style. Asked once for elements with one class in one parent. */
  isBlock(element: Element): boolean
  /**
   * Whether an element is there for screen readers alone, or not shown at all. Asks for its style, never for layout.
   */
  isClipped(element: Element): boolean
  /** Whether what stands in the element is shown in the opposite order, the last on top. Asks for its style alone. */
  isReversed(element: Element): boolean
  /** The visitor has typed, in this page or a frame's: what, is never read. @returns the unsubscribe */
  onTyped(frame: Document | null, listener: () => void): () => void
  /** The visitor has clicked in a frame's page; `elements` from the clicked one outwards. @returns the unsubscribe */
  onFrameClick(frame: Document, listener: (elements: readonly Element[]) => void): () => void
}

/** Listens in the capture phase and passively, so that it is never in the way of the page's own listeners. */
function listen(target: EventTarget, names: readonly string[], listener: (event: Event) => void): () => void {
  for (const name of names) target.addEventListener(name, listener, { capture: true, passive: true })
  return () => {
    for (const name of names) target.removeEventListener(name, listener, { capture: true })
  }
}

/** Whether a style shows an element to screen readers alone (`clip`, `clip-path`) or to nobody. */
const hidesAll = ({ display, visibility, clip, clipPath }: CSSStyleDeclaration): boolean =>
  display === 'none' ||
  visibility === 'hidden' ||
  /^rect\((\s*[01](px)?,?){4}\s*\)$/.test(clip) ||
  /^inset\((50|100)%|^circle\(0/.test(clipPath)

const isElement = (target: EventTarget): target is Element => (target as Node).nodeType === 1

/** The page that the script runs in. */
export function openObservedPage(window: Window & typeof globalThis): ObservedPage {
  const { document, customElements } = window
  const blocks = new Map<string, boolean>()
  const clipped = new WeakMap<Element, boolean>()
  return {
    document,
    createObserver: (callback) => new window.MutationObserver(callback),
    whenDefined: (name) => customElements.whenDefined(name),
    isDefined: (name) => customElements.get(name) !== undefined,
    keepsLines: (element) => /pre|break-spaces/.test(window.getComputedStyle(element).whiteSpace),
    isBlock(element) {
      const parent = element.parentElement
      const key = [element, parent].map((one) => `${one?.localName}.${one?.getAttribute('class')}`).join('<')
      const isInline = () => /^(inline|contents|none|ruby|$)/.test(window.getComputedStyle(element).display)
      const known = blocks.get(key) ?? !isInline()
      if (!element.hasAttribute('style')) blocks.set(key, known)
      return known
    },
    isClipped(element) {
      const known = clipped.get(element) ?? hidesAll(window.getComputedStyle(element))
      clipped.set(element, known)
      return known
    },
    isReversed: (element) => window.getComputedStyle(element).flexDirection === 'column-reverse',
    onTyped: (frame, listener) => listen(frame ?? window, ['keydown', 'beforeinput', 'submit'], listener),
    onFrameClick: (frame, listener) =>
      listen(frame, ['click', 'auxclick'], (event) => {
        // A frame's elements are no `Element` of this page, and the right button opens no link.
        if ((event as MouseEvent).button < 2) listener(event.composedPath().filter(isElement))
      }),
  }
}

/** The page that the script is loaded into. */
export const thisPage = (): ObservedPage => openObservedPage(window)

/** @throws DOMException where it is no selector; where a server renders, every one passes */
export const matchSelector = (selector: string): unknown =>
  typeof document === 'undefined' || document.createDocumentFragment().querySelector(selector)
