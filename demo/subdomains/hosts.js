const { hostname, port, pathname } = location
const other = hostname.startsWith('docs.') ? 'www' : 'docs'
const host = /** @type {HTMLElement} */ (document.querySelector('#host'))
const link = /** @type {HTMLAnchorElement} */ (document.querySelector('#other'))

host.textContent = `This is ${hostname}.`
link.href = `http://${other}.osier.localhost:${port}${pathname}`
link.textContent = `Go to ${other}.osier.localhost`
