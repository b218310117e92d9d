/** What observing needs of the page beyond the script's `Platform`. Only this file reads the page's globals. */
export interface ObservedPage {
  document: Document
  createObserver(callback: MutationCallback): MutationObserver
  /** Resolves once the custom element is defined. */
  whenDefined(name: string): Promise<unknown>
  isDefined(name: string): boolean
  /** Whether line breaks in the element's text are shown as such. Asks for its style, never for layout. */
  keepsLines(element: Element): boolean
  /** The visitor has typed, anywhere: what, is never read. @returns the unsubscribe */
  onTyped(listener: () => void): () => void
}

/** The page that the script runs in. */
export function openObservedPage(window: Window & typeof globalThis): ObservedPage {
  const { document, customElements } = window
  return {
    document,
    createObserver: (callback) => new window.MutationObserver(callback),
    whenDefined: (name) => customElements.whenDefined(name),
    isDefined: (name) => customElements.get(name) !== undefined,
    keepsLines: (element) => /pre|break-spaces/.test(window.getComputedStyle(element).whiteSpace),
    onTyped(listener) {
      const names = ['keydown', 'beforeinput', 'submit']
      for (const name of names) window.addEventListener(name, listener, { capture: true, passive: true })
      return () => {
        for (const name of names) window.removeEventListener(name, listener, { capture: true })
      }
    },
  }
}

/** This page's own. */
export const thisPage = (): ObservedPage => openObservedPage(window)

/** @throws DOMException where it is no selector; where a server renders, every one passes */
export const matchSelector = (selector: string): unknown =>
  typeof document === 'undefined' || document.createDocumentFragment().querySelector(selector)
