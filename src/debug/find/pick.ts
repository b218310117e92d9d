import type { Tree } from '../../observe/read/roots.ts'

/** Trees beside the document in which clicks have to be caught by themselves: pages of frames. */
export interface PickParts {
  /** What is clicked in it is no message. */
  own: Element
  frames(): readonly Document[]
  /** Told of what the pointer is over, in the window's coordinates. */
  onOver(box: DOMRect | null): void
  onPicked(element: Element): void
}

const isElement = (target: EventTarget | undefined): target is Element => (target as Node | undefined)?.nodeType === 1

/**
 * Takes the page's next click for the person's choice of an element: nothing of it reaches the page.
 *
 * @returns what ends it
 */
export function pickNext({ own, frames, onOver, onPicked }: PickParts): () => void {
  const targetOf = (event: Event) => {
    const path = event.composedPath()
    return path.includes(own) ? undefined : path.find(isElement)
  }
  const hold = (event: Event) => {
    const target = targetOf(event)
    if (!target) return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (event.type !== 'click') return
    end()
    onPicked(target)
  }
  const look = (event: Event) => {
    const target = targetOf(event)
    onOver(target ? boxOf(target) : null)
  }
  const pages: EventTarget[] = [window, ...frames()]
  const held = ['click', 'auxclick', 'mousedown', 'mouseup', 'pointerdown', 'pointerup', 'touchstart', 'touchend']
  for (const page of pages) {
    for (const name of held) page.addEventListener(name, hold, { capture: true, passive: false })
    page.addEventListener('pointermove', look, { capture: true, passive: true })
  }
  const end = () => {
    onOver(null)
    for (const page of pages) {
      for (const name of held) page.removeEventListener(name, hold, { capture: true })
      page.removeEventListener('pointermove', look, { capture: true })
    }
  }
  return end
}

/** Where an element stands in the window, that of a frame's page included. */
function boxOf(element: Element): DOMRect {
  const box = element.getBoundingClientRect()
  const frame = element.ownerDocument.defaultView?.frameElement
  if (!frame) return box
  const around = boxOf(frame)
  return new DOMRect(box.x + around.x, box.y + around.y, box.width, box.height)
}

/** The pages of frames among trees. */
export const pagesAmong = (trees: readonly Tree[]): Document[] =>
  trees.filter((tree): tree is Document => tree.nodeType === 9)
