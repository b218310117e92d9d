// The site's own banner: it remembers the answer, and says it on every page.
const banner = /** @type {HTMLElement} */ (document.querySelector('#banner'))
const answerKey = 'bakery-banner'

show(localStorage.getItem(answerKey))

banner.addEventListener('click', ({ target }) => {
  const answer = target instanceof HTMLElement ? target.dataset.answer : undefined
  if (!answer) return
  localStorage.setItem(answerKey, answer)
  show(answer)
})

document.querySelector('#forget')?.addEventListener('click', () => {
  localStorage.removeItem(answerKey)
  show(null)
})

/** @param {string | null} answer none yet: what is said waits in the page's memory */
function show(answer) {
  banner.dataset.answered = answer ?? 'not yet'
  window.chatlog.setConsent(answer === 'granted' || answer === 'denied' ? answer : 'pending')
  for (const button of banner.querySelectorAll('button[data-answer]')) {
    button.setAttribute('aria-pressed', String(button.getAttribute('data-answer') === answer))
  }
}
