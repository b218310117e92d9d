import { thisPage } from '../../observe/read/page.ts'
import { createRoots, type Tree } from '../../observe/read/roots.ts'
import { button, element } from '../elements.ts'
import { pagesAmong, pickNext } from './pick.ts'
import { type Proposal, propose } from './read-with.ts'

/** What the person does, step by step. */
const steps = ['Click a message of the visitor in the page.', 'Now click its answer.'] as const

/** Longest text of a message that is shown, in UTF-16 units. */
const mostShown = 300

/** The tag to paste. @param src address of the script that observes */
function tagWith(attributes: Record<string, string>, src: string): string {
  const quoted = (value: string) => value.replace(/&/g, '&amp;').replace(/"/g, '&quot;')
  const given = { 'api-key': 'WEB_KEY', endpoint: 'https://collector.example.com/conversations', ...attributes }
  return [
    '<script',
    '  async',
    `  src="${quoted(src)}"`,
    ...Object.entries(given).map(([name, value]) => `  data-${name}="${quoted(value)}"`),
    '></script>',
  ].join('\n')
}

/**
 * The part of the panel that finds the selectors of the widget in this page: the person clicks a question and its answer, and
 * sees the tag to paste and what it would record. It is made of text alone, and stores and sends nothing.
 *
 * @param own the panel: what is clicked in it is no message
 * @param src address of the script that observes
 */
export function createFinder(own: Element, src: string): { node: HTMLElement; start(): void; stop(): void } {
  const page = thisPage()
  const trees: Tree[] = []
  const roots = createRoots(page, (tree) => trees.push(tree))
  const said = element('p', { role: 'status' })
  const result = element('div')
  const outline = element('div', { class: 'outline' })
  const begin = button('Find selectors', () => start(), { class: 'action' })
  const node = element('div', {}, begin, said, result, outline)
  outline.hidden = true
  let endPicking = () => {}

  const onOver = (box: DOMRect | null) => {
    outline.hidden = !box
    if (box) {
      // By the object model: a strict Content Security Policy refuses the attribute.
      Object.assign(outline.style, {
        left: `${box.x}px`,
        top: `${box.y}px`,
        width: `${box.width}px`,
        height: `${box.height}px`,
      })
    }
  }

  const pick = (chosen: readonly Element[]) => {
    said.textContent = steps[chosen.length] ?? ''
    roots.scan(page.document)
    endPicking = pickNext({
      own,
      frames: () => pagesAmong(trees),
      onOver,
      onPicked(one) {
        const [user, assistant] = [...chosen, one]
        if (user && assistant) show(propose({ user, assistant }, page, roots))
        else pick([one])
      },
    })
  }

  const show = (proposal: Proposal | null) => {
    begin.textContent = 'Find again'
    if (!proposal) {
      said.textContent =
        'Nothing that stays the same in the widget’s next build distinguishes these two messages. Choose two others, or use an adapter.'
      return
    }
    said.textContent = `With this tag, chatlog would record the messages below: ${proposal.messages.length}.`
    result.replaceChildren(
      ...resultOf(proposal, src, (words) => {
        said.textContent = words
      }),
    )
  }

  function start(): void {
    endPicking()
    result.replaceChildren()
    pick([])
  }

  return { node, start, stop: () => endPicking() }
}

function resultOf({ tag, messages }: Proposal, src: string, say: (words: string) => void): Node[] {
  const text = element('textarea', { readonly: '', rows: 9, 'aria-label': 'The tag', spellcheck: 'false' })
  text.value = tagWith(tag, src)
  const copy = button(
    'Copy the tag',
    () => {
      text.select()
      navigator.clipboard?.writeText(text.value).then(
        () => say('Copied.'),
        () => say('The browser does not let the page copy. The tag is selected: copy it yourself.'),
      )
    },
    { class: 'action' },
  )
  return [text, copy, element('ol', { 'aria-label': 'What would be recorded' }, ...messages.map(itemOf))]
}

function itemOf({ role, text, name, links }: Proposal['messages'][number]): HTMLElement {
  const shown = text.length > mostShown ? `${text.slice(0, mostShown)}…` : text
  const more = [name && `by ${name}`, links.length > 0 && `${links.length} ${links.length === 1 ? 'link' : 'links'}`]
  return element(
    'li',
    {},
    element('strong', {}, role === 'user' ? 'Visitor' : 'Answer'),
    ` ${more.filter(Boolean).join(', ')}`,
    element('p', { class: 'said' }, shown),
  )
}
