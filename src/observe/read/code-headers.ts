import type { Roots } from './roots.ts'

/** Longest header of a code block, in UTF-16 units. */
const longestHeader = 30

/** What a button that copies says, in some languages. */
const copies =
  'copy|copied|kopieren|kopiert|copier|copié|copiar|copiado|copia|kopiëren|kopiuj|копировать|скопировано|复制|複製|コピー|복사|kopyala'

/** A language, the words of a copy button, or both: some widgets draw that button as plain text. */
const headerText = new RegExp(`^[\\p{L}\\d+#.-]{0,20}(\\s*(${copies})( code)?!?)?$`, 'iu')

const copyText = new RegExp(`(^|\\s)(${copies})( code)?!?$`, 'iu')

const headerName = /(^|[\s_-])(header|lang(uage)?|toolbar|title|copy)(?=$|[\s_-])/i

/**
 * The headers that widgets write above blocks of code: the language, and what copies the code. A header stands in an
 * element that holds nothing else but the code, and is known by its name, by a button beside it, or as the language of
 * the code.
 */
export function codeHeadersIn(message: Element, roots: Roots): Element[] {
  return roots.query(message, 'pre,code').flatMap((pre) => {
    // Most code in prose is a word. Some widgets write a block of code without a `pre`.
    if (pre.localName === 'code' && (pre.closest('pre') || !pre.textContent?.includes('\n'))) return []
    if (isGutter(pre)) return [outermostAlone(pre, message)]
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
  const language = languageOf(content) ?? languageOf(code) ?? languageOf(block)
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

/** The language of a block of code, where its class or an attribute says so. */
function languageOf(element: Element | null): string | undefined {
  const named = ['data-language', 'data-lang', 'lang'].map((name) => element?.getAttribute(name)).find(Boolean)
  return (named ?? /lang(?:uage)?-([\w+#-]+)/.exec(element?.getAttribute('class') ?? '')?.[1])?.toLowerCase()
}

/** The numbers of lines, which stand in a column of their own beside the code: `1 2 3`. */
function isGutter(pre: Element): boolean {
  const numbers = (pre.textContent ?? '').trim().split(/\s+/)
  return numbers.length > 1 && numbers.every((one, index) => one === String(index + 1))
}

/** The outermost element around it that says no more. */
function outermostAlone(element: Element, message: Element): Element {
  const around = element.parentElement
  const isAlone = around && around !== message && around.textContent?.trim() === element.textContent?.trim()
  return isAlone ? outermostAlone(around, message) : element
}

const holdsOnly = (element: Element, pre: Element): boolean =>
  (element.textContent?.trim().length ?? 0) - (pre.textContent?.trim().length ?? 0) <= longestHeader &&
  element.querySelectorAll(pre.localName).length === 1 &&
  !element.querySelector('p,ul,ol,table,h1,h2,h3,h4,h5,h6')

const namesOf = (element: Element): string =>
  [...element.attributes]
    .filter(({ name }) => name === 'class' || name.startsWith('data-'))
    .map(({ value }) => value.replace(/([a-z\d])(?=[A-Z])/g, '$1-'))
    .join(' ')
