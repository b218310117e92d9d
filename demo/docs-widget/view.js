const suggestions = ['When is my starter ready?', 'Why is my bread dense?', 'How do I get a good crust?']

/** @typedef {'positive' | 'negative'} Thumb what a visitor thinks of an answer */

/**
 * Draws the transcript and tells what the visitor wants.
 *
 * @param {HTMLElement} root
 * @param {{
 *   ask: (question: string) => void,
 *   stop: () => void,
 *   regenerate: () => void,
 *   rate: (messageId: string, type: Thumb) => void,
 * }} wishes
 */
export function createView(root, { ask, stop, regenerate, rate }) {
  const list = element('div', { role: 'log', 'aria-label': 'Messages', tabindex: '0' })
  const offers = element('div', { class: 'actions suggestions' })
  const input = element('input', { placeholder: 'Ask about bread', 'aria-label': 'Your question' })
  const send = element('button', {}, ['Send'])
  const form = element('form', {}, [input, send])
  /** @type {Map<string, Thumb>} by the answer's id */
  const rated = new Map()
  let isStreaming = false

  offers.append(...suggestions.map((question) => button(question, () => ask(question))))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const question = input.value.trim()
    if (isStreaming) return stop()
    if (!question) return
    input.value = ''
    ask(question)
  })
  root.append(list, offers, form)

  return {
    /** @param {import('./chat.js').Message[]} messages */
    show(messages) {
      const last = messages.at(-1)
      isStreaming = last?.status === 'streaming'
      list.replaceChildren(...messages.map(messageElement))
      if (last?.role === 'assistant' && !isStreaming) {
        list.append(element('div', { class: 'below' }, [...thumbs(last.id), button('Regenerate', regenerate)]))
      }
      list.scrollTop = list.scrollHeight
      send.textContent = isStreaming ? 'Stop' : 'Send'
      offers.hidden = messages.length > 0
    },
  }

  /** @param {string} messageId */
  function thumbs(messageId) {
    const made = /** @type {const} */ ([
      ['positive', 'Helpful'],
      ['negative', 'Not helpful'],
    ]).map(([type, text]) => ({
      type,
      thumb: button(text, () => {
        rated.set(messageId, type)
        rate(messageId, type)
        press()
      }),
    }))
    const press = () => {
      for (const { type, thumb } of made) thumb.setAttribute('aria-pressed', String(rated.get(messageId) === type))
    }
    press()
    return made.map(({ thumb }) => thumb)
  }
}

/** @param {import('./chat.js').Message} message */
function messageElement({ id, role, content, status, links = [] }) {
  const note = status === 'streaming' && !content ? 'writing …' : status === 'aborted' ? 'stopped' : ''
  const busy = String(status === 'streaming')
  return element('div', { class: `message ${role}`, 'data-chatlog-message': id, 'aria-busy': busy }, [
    content,
    ...links.map(({ url, label }) => element('a', { href: url, target: '_blank', rel: 'noopener' }, [label])),
    ...(note ? [element('small', {}, [note])] : []),
  ])
}

/**
 * @param {string} text
 * @param {() => void} onClick
 */
function button(text, onClick) {
  const made = element('button', { type: 'button', class: 'quiet' }, [text])
  made.addEventListener('click', onClick)
  return made
}

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} [children]
 */
function element(name, attributes = {}, children = []) {
  const made = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value)
  made.append(...children)
  return made
}
