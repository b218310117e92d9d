import { lastOf } from '../../script/lists.ts'

/** Names of pictures that belong to the widget: of who speaks, or a sign that something is coming. */
const ownPicture = /avatar|logo|icon|profile|typing|loading|loader|spinner|thinking|skeleton/i

/** What a message without text holds, a line for each picture and file: `[image: Floor plan]`, `[file: report.pdf]`. */
export function attachmentsOf(message: Element, apart: readonly Node[]): string {
  const all = [
    ...message.querySelectorAll('img,video,audio,object[data],embed[src],a[href],[role=img][aria-label]:not(svg)'),
  ].filter((element) => !apart.some((one) => one.contains(element)))
  const inButton = (element: Element) => element.closest('button,[role=button]') !== null
  const linesOf = (elements: Element[]) => elements.flatMap((element) => lineOf(element, message) ?? []).join('\n')
  // A picture that a click enlarges stands in a button; those of buttons beside a picture are what the buttons do.
  return (
    linesOf(all.filter((one) => !inButton(one))) ||
    linesOf(all.filter((one) => inButton(one) && one.matches('img[alt]')))
  )
}

function lineOf(element: Element, message: Element): string | null {
  if (element.localName === 'img') return isOwn(element, message) ? null : line('image', element, 'src')
  if (element.matches('[role=img]'))
    return isOwn(element, message) || element.textContent?.trim() ? null : line('image', element, 'src')
  if (/^(object|embed)$/.test(element.localName))
    return line('file', element, element.localName === 'object' ? 'data' : 'src')
  if (element.localName !== 'a') return line(element.localName, element, 'src')
  return element.querySelector('img') ? null : line('file', element, 'href')
}

const line = (kind: string, element: Element, attribute: string): string => {
  const label = ['alt', 'aria-label', 'title', 'download']
    .map((name) => element.getAttribute(name)?.trim())
    .find(Boolean)
  const address = element.getAttribute(attribute) ?? element.querySelector('source[src]')?.getAttribute('src')
  const name = label ?? fileNameOf(address ?? '')
  return name ? `[${kind}: ${name.replace(/\s+/g, ' ').slice(0, 200)}]` : `[${kind}]`
}

/** The file's name in an address; `''` where there is none, or the address holds the data itself. */
function fileNameOf(url: string): string {
  if (/^(data|blob):/i.test(url)) return ''
  const name = lastOf(url.replace(/[?#].*$/s, '').split('/')) ?? ''
  try {
    return name.includes('.') ? decodeURIComponent(name) : ''
  } catch {
    return name // an address that isn't encoded as addresses are
  }
}

function isOwn(image: Element, message: Element): boolean {
  for (let around: Element | null = image; around && around !== message; around = around.parentElement) {
    if (ownPicture.test(around.getAttribute('class') ?? '')) return true
  }
  return (
    ownPicture.test(image.getAttribute('alt') ?? image.getAttribute('aria-label') ?? '') ||
    image.getAttribute('aria-hidden') === 'true'
  )
}
