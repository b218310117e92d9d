import type { Roots } from './roots.ts'

/** Longest header of a code block, in UTF-16 units. */
const longestHeader = 30

/** What a button that copies says, in some languages. */
const copies =
  'copy|copied|kopieren|kopiert|copier|copié|copiar|copiado|copia|kopiëren|kopiuj|копировать|скопировано|复制|複製|コピー|복사|kopyala'

/** A language, perhaps with the words on a copy button that is no button; or these alone. */
const headerText = new RegExp(`^[\\p{L}\\d+#.-]{0,20}(\\s*(${copies})( code)?!?)?$`, 'iu')

const copyText = new RegExp(`(^|\\s)(${copies})( code)?!?$`, 'iu')

const headerName = /(^|[\s_-])(header|lang(uage)?|toolbar|title|copy)(?=$|[\s_-])/i

/**
 * What widgets write above a block of code: the language, and what copies it. A header stands before the code in an
 * element that holds nothing else, and says so by its name, by a button beside it, or in the language of the code.
 */
export function codeHeadersIn(message: Element, roots: Roots): Element[] {
  return roots.query(message, 'pre').flatMap((pre) => {
    const code = pre.querySelector('code')
    // Some put the header into the `pre`, above the code.
    if (code && code.parentElement === pre && pre.childElementCount > 1) return headersIn(pre, code, code)
    let block: Element = pre
    while (block.parentElement && block.parentElement !== message && holdsOnly(block.parentElement, pre)) {
      block = block.parentElement
    }
    return block === pre ? [] : headersIn(block, pre, code)
  })
}

function headersIn(block: Element, content: Element, code: Element | null): Element[] {
  const language = /lang(?:uage)?-([\w+#-]+)/.exec(code?.getAttribute('class') ?? '')?.[1]?.toLowerCase()
  const around = [...block.querySelectorAll('*')].filter((one) => !one.contains(content) && !content.contains(one))
  const hasButton = around.some(
    (one) => one.matches('button,[role=button]') || copyText.test(one.textContent?.trim() ?? ''),
  )
  return around.filter((element) => {
    const text = element.textContent?.trim() ?? ''
    if (!text || !headerText.test(text)) return false
    const isCalled = [element, element.parentElement as Element].some((one) => headerName.test(namesOf(one)))
    return isCalled || hasButton || text.toLowerCase() === language
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
