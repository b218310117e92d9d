/**
 * `<kept-here name="…" cookie="…">`: what this browser keeps of one chatlog now: its cookie, storage and databases. Looks
 * every half second, since storage changes without an event.
 */
class KeptHere extends HTMLElement {
  connectedCallback() {
    this.setAttribute('role', 'status')
    this.look()
    setInterval(() => this.look(), 500)
  }

  async look() {
    const kept = await whatIsKept(this.getAttribute('name') ?? '', this.getAttribute('cookie') ?? '')
    const says = kept.length ? `Kept by this browser: ${kept.join(', ')}.` : 'This browser keeps nothing of chatlog.'
    if (this.textContent !== says) this.textContent = says
  }
}

/**
 * @param {string} name of the store
 * @param {string} cookie
 */
async function whatIsKept(name, cookie) {
  const isOurs = (/** @type {string | undefined} */ key) => key === name || key?.startsWith(`${name}.`)
  const databases = await indexedDB.databases()
  return [
    document.cookie.includes(`${cookie}=`) && 'a cookie',
    Object.keys(localStorage).some(isOurs) && 'localStorage',
    Object.keys(sessionStorage).some(isOurs) && 'sessionStorage',
    databases.some((database) => isOurs(database.name)) && 'a database',
  ].filter(Boolean)
}

customElements.define('kept-here', KeptHere)
