import type { Roots } from './roots.ts'

/** Longest header of a code block, in UTF-16 units. */
const longestHeader = 30

/** A language, perhaps with the words on a copy button that is no button. */
const headerText = /^[\p{L}\d+#.-]{1,20}(\s*(copy( code)?|copied!?))?$/iu

const headerName = /(^|[\s_-])(header|lang(uage)?|toolbar|title|copy)(?=$|[\s_-])/i

/**
 * What widgets write above a block of code: the language, and what copies it. A header stands before the code in an
 * element that holds nothing else, and says so by its name, by a button beside it, or in the language of the code.
 */
export function codeHeadersIn(message: Element, roots: Roots): Element[] {
  return roots.query(message, 'pre').flatMap((pre) => {
    let block: Element = pre
    while (block.parentElement && block.parentElement !== message && holdsOnly(block.parentElement, pre)) {
      block = block.parentElement
    }
    if (block === pre) return []
    const language = /lang(?:uage)?-([\w+#-]+)/.exec(pre.querySelector('code')?.getAttribute('class') ?? '')?.[1]
    return [...block.querySelectorAll('*')].filter((element) => {
      const text = element.textContent?.trim() ?? ''
      if (!text || element.contains(pre) || pre.contains(element) || !headerText.test(text)) return false
      const isCalled = headerName.test(namesOf(element)) || headerName.test(namesOf(element.parentElement as Element))
      const hasButton = block.querySelector('button,[role=button]') !== null
      return isCalled || hasButton || text.toLowerCase() === language?.toLowerCase()
    })
  })
}

const holdsOnly = (element: Element, pre: Element): boolean =>
  (element.textContent?.trim().length ?? 0) - (pre.textContent?.trim().length ?? 0) <= longestHeader &&
  element.querySelectorAll('pre').length === 1 &&
  !element.querySelector('p,ul,ol,table,h1,h2,h3,h4,h5,h6')

const namesOf = (element: Element): string =>
  [...element.attributes]
    .filter(({ name }) => name === 'class' || name.startsWith('data-'))
    .map(({ value }) => value.replace(/([a-z\d])(?=[A-Z])/g, '$1-'))
    .join(' ')
