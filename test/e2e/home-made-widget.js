/**
 * A chat widget as people build them, in the ways that `kind` names. It runs in the page, and knows nothing of chatlog.
 *
 * @typedef {{ role: 'user' | 'bot', text: string, link?: { href: string, label: string }, typing?: boolean, error?: boolean, key: number }} Shown
 * @typedef {'grow' | 'append' | 'html' | 'wholesale'} Kind `grow`: the text of one element; `append`: nodes; `html`: one
 *   element's inner HTML anew; `wholesale`: the whole list anew at each token
 */

/** Pieces of an answer, in the order of their coming. */
const piecesOf = (/** @type {string} */ text) => text.split(/(?<=\s)/)

/**
 * @param {{ list: HTMLElement, input: HTMLInputElement, stop: HTMLElement, retry: HTMLElement, anew: HTMLElement, kind: Kind,
 *   greeting?: string, storageKey?: string, rows?: number, tokenMs?: number }} widget `rows`: only so many of the newest are in the page
 */
export function startWidget({ list, input, stop, retry, anew, kind, greeting, storageKey, rows = 1_000, tokenMs = 5 }) {
  /** @type {Shown[]} */
  const shown = JSON.parse((storageKey && localStorage.getItem(storageKey)) || '[]')
  let key = shown.length
  const greet = () => greeting && !shown.length && shown.push({ role: 'bot', text: greeting, key: key++ })
  let stopped = false
  /** @type {Map<number, HTMLElement>} */
  const elements = new Map()

  const htmlOf = (/** @type {Shown} */ { text, link, typing }) => {
    if (typing) return '<i></i><i></i><i></i>'
    const paragraphs = text.split('\n\n').map((paragraph) => `<p>${paragraph.replaceAll('<', '&lt;')}</p>`)
    return paragraphs.join('') + (link ? `<p>See <a href="${link.href}">${link.label}</a></p>` : '')
  }

  const fill = (/** @type {HTMLElement} */ element, /** @type {Shown} */ message) => {
    element.style.whiteSpace = kind === 'grow' || kind === 'append' ? 'pre-wrap' : 'normal'
    element.className = `msg ${message.role}${message.typing ? ' typing' : ''}${message.error ? ' error' : ''}`
    if (kind === 'append' && !message.typing && message.text.startsWith(element.textContent ?? '') && !message.link) {
      const rest = message.text.slice(element.textContent?.length ?? 0)
      if (rest) element.append(Object.assign(document.createElement('span'), { textContent: rest }))
    } else if (kind === 'grow' && !message.typing && !message.link && element.firstChild instanceof Text) {
      element.firstChild.data = message.text
    } else if (kind === 'grow' && !message.typing && !message.link) {
      element.textContent = message.text
    } else {
      element.innerHTML = htmlOf(message)
    }
  }

  const render = () => {
    const visible = shown.slice(-rows)
    if (kind === 'wholesale') {
      list.innerHTML = visible.map(() => '<div class="row"><div></div></div>').join('')
      visible.forEach((message, index) => {
        fill(/** @type {HTMLElement} */ (list.children[index]?.firstElementChild), message)
      })
      return
    }
    const wanted = visible.map((message) => {
      const known = elements.get(message.key) ?? document.createElement('div')
      elements.set(message.key, known)
      if (known.dataset.text !== JSON.stringify(message)) fill(known, message)
      known.dataset.text = JSON.stringify(message)
      return known
    })
    for (const child of [...list.children]) if (!wanted.includes(/** @type {HTMLElement} */ (child))) child.remove()
    wanted.forEach((element, index) => {
      if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null)
    })
  }

  const save = () =>
    storageKey && localStorage.setItem(storageKey, JSON.stringify(shown.filter(({ typing }) => !typing)))
  const wait = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms))

  const receive = async (/** @type {string} */ question) => {
    stopped = false
    /** @type {Shown} */
    const answer = { role: 'bot', text: '', typing: true, key: key++ }
    shown.push(answer)
    render()
    const reply = await (await fetch(`/answer?q=${encodeURIComponent(question)}`)).json()
    for (const piece of piecesOf(reply.text)) {
      await wait(tokenMs)
      if (stopped) break
      if (reply.cutAfter !== undefined && answer.text.length >= reply.cutAfter) {
        shown.push({ role: 'bot', text: 'The connection was lost.', error: true, key: key++ })
        break
      }
      answer.typing = false
      answer.text += piece
      render()
    }
    if (!stopped && reply.link) answer.link = reply.link
    render()
    save()
    document.body.dataset.answered = String(Number(document.body.dataset.answered ?? 0) + 1)
  }

  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    const text = input.value
    input.value = ''
    shown.push({ role: 'user', text, key: key++ })
    save()
    void receive(text)
  })
  stop.addEventListener('click', () => {
    stopped = true
  })
  retry.addEventListener('click', () => {
    const question = shown.findLast(({ role }) => role === 'user')
    while (shown.at(-1)?.role === 'bot') shown.pop()
    render()
    if (question) void receive(question.text)
  })
  anew.addEventListener('click', () => {
    shown.length = 0
    greet()
    render()
  })
  greet()
  render()
}
