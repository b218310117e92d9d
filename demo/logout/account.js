// The site's own login. What chatlog has to know of it are two calls.
const who = /** @type {HTMLElement} */ (document.querySelector('#who'))
const login = /** @type {HTMLButtonElement} */ (document.querySelector('#login'))
const logout = /** @type {HTMLButtonElement} */ (document.querySelector('#logout'))

login.addEventListener('click', () => {
  window.chatlog.identify({ userId: 'ada', plan: 'pro' })
  show('Ada is logged in.', true)
})

logout.addEventListener('click', () => {
  // A new visitor id and a new conversation; what Ada said is still delivered, under her name.
  window.chatlog.reset()
  document.querySelector('.chat [role=log]')?.replaceChildren()
  show('Nobody is logged in.', false)
})

/**
 * @param {string} text
 * @param {boolean} isLoggedIn
 */
function show(text, isLoggedIn) {
  who.textContent = text
  login.disabled = isLoggedIn
  logout.disabled = !isLoggedIn
}
