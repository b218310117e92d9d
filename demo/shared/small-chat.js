const composer = /** @type {HTMLFormElement} */ (document.querySelector('.chat form'))
const transcript = /** @type {HTMLElement} */ (document.querySelector('.chat [role=log]'))

composer.addEventListener('submit', (event) => {
  event.preventDefault()
  say('user', String(new FormData(composer).get('question')))
  composer.reset()
  say('assistant', 'Thank you: somebody will look into it.')
})

/**
 * @param {'user' | 'assistant'} role
 * @param {string} content
 */
function say(role, content) {
  const bubble = document.createElement('div')
  bubble.className = `message ${role}`
  bubble.textContent = content
  transcript.append(bubble)
  window.chatlog.trackMessage({ role, content })
}
