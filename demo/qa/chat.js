const form = /** @type {HTMLFormElement} */ (document.querySelector('.chat form'))
const list = /** @type {HTMLElement} */ (document.querySelector('.chat [role=log]'))

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const question = String(new FormData(form).get('question'))
  form.reset()
  say('user', question, [])
  say('assistant', 'Every order has a page that says where it is.', [{ url: '#track', label: 'Track an order' }])
})

/**
 * @param {'user' | 'assistant'} role
 * @param {string} content
 * @param {{ url: string, label: string }[]} links
 */
function say(role, content, links) {
  const id = crypto.randomUUID()
  const bubble = document.createElement('div')
  bubble.className = `message ${role}`
  bubble.dataset.chatlogMessage = id
  bubble.append(content)
  for (const { url, label } of links) {
    const link = document.createElement('a')
    link.href = url
    link.textContent = label
    bubble.append(link)
  }
  list.append(bubble)
  window.chatlog.trackMessage({ id, role, content, links })
}
