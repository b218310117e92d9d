import { cornerOffTheChats, corners } from './corner.ts'
import { button, element } from './elements.ts'
import { explain } from './explain.ts'
import { createFinder } from './find/finder.ts'
import type { InstanceObserver, Observation } from './observe-instance.ts'
import { answersSection, checksSection, conversationsSection, factsSection, findingsSection } from './sections.ts'
import { styles } from './styles.ts'

/** The panel's own script. */
export interface PanelScript {
  /** Its address; `chatlog-debug.js` where the browser doesn't say. */
  src: string
  findsAtOnce: boolean
}

/** How often the panel looks at what has no event of its own, in milliseconds. */
const lookEveryMs = 500

const parts: [title: string, make: (seen: Observation) => Node[]][] = [
  ['What to do', findingsSection],
  ['State', factsSection],
  ['Conversations', conversationsSection],
  ['Last answers', answersSection],
  ['Checked messages', checksSection],
]

/** One part under its heading. It changes only when what it says does, so that nobody is read the same thing twice. */
function createPart([title, make]: (typeof parts)[number], index: number) {
  const content = element('div', index === 0 ? { role: 'status' } : {})
  let shown = ''
  return {
    nodes: [element('h3', {}, title), content],
    show(seen: Observation) {
      const nodes = make(seen) as HTMLElement[]
      const says = nodes.map((node) => node.outerHTML).join()
      if (says === shown) return
      shown = says
      content.replaceChildren(...nodes)
    },
  }
}

/**
 * Puts the panel into the page: collapsed, in the corner where widgets seldom are, in a shadow root of its own, over
 * the page and not in its flow. Unfolded it lies where it covers least of the chats, until it is moved. It stores
 * nothing, not even where it was moved to.
 *
 * @param script where the panel's own script came from, and whether it was asked to find selectors at once
 */
export function openPanel(observer: InstanceObserver, { src, findsAtOnce }: PanelScript): void {
  const host = element('div', { 'data-chatlog-debug': '', corner: 0 })
  const root = host.attachShadow({ mode: 'open' })
  // A constructed style sheet, since a strict Content Security Policy refuses <style>.
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(styles)
  root.adoptedStyleSheets = [sheet]

  const made = parts.map(createPart)
  const finder = createFinder(host, src.replace('chatlog-debug', 'chatlog-observe'))
  const body = element('div', { class: 'body', tabindex: 0, role: 'group', 'aria-label': 'Details' })
  body.append(...made.flatMap(({ nodes }) => nodes), element('h3', {}, 'A widget that is not yours'), finder.node)
  const opener = button('chatlog', () => unfold(true), { class: 'opener', 'aria-expanded': 'false' })
  const collapse = button('Collapse', () => unfold(false))
  let wasMoved = false
  const lieIn = (corner: number) => host.setAttribute('corner', String(corner))
  const move = button('Move', () => {
    wasMoved = true
    lieIn((Number(host.getAttribute('corner')) + 1) % corners)
  })
  const send = button('Send now', () => void observer.flush()?.then(show))
  const header = element('header', {}, element('h2', {}, 'chatlog'), send, move, collapse)
  const panel = element('section', { class: 'panel', 'aria-label': 'chatlog debug panel' }, header, body)
  root.append(opener, panel)

  const unfold = (isOpen: boolean) => {
    opener.hidden = isOpen
    panel.hidden = !isOpen
    if (isOpen && !wasMoved) lieIn(cornerOffTheChats(panel))
    const focused = isOpen ? collapse : opener
    focused.focus()
    show()
  }

  function show(): void {
    const seen = observer.look()
    const worst = seen.state ? (explain(seen.state, seen.refusals, seen.obstacle)[0]?.level ?? 'well') : 'error'
    if (opener.dataset.level !== worst) opener.dataset.level = worst
    opener.title =
      worst === 'well' || worst === 'note' ? 'chatlog: nothing stands in the way' : 'chatlog: something needs you'
    if (!panel.hidden) for (const part of made) part.show(seen)
  }

  panel.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return
    finder.stop()
    unfold(false)
  })
  panel.hidden = true
  document.body.append(host)
  observer.onChange(show)
  setInterval(show, lookEveryMs)
  show()
  if (!findsAtOnce) return
  unfold(true)
  finder.start()
  finder.node.scrollIntoView()
}
