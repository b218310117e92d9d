// Only in `npm run dev`: the page reloads when what it is made of has changed, or its server has been started anew.
let wasOpen = false
const changes = new EventSource('/changes')
changes.addEventListener('open', () => {
  if (wasOpen) location.reload()
  wasOpen = true
})
changes.addEventListener('message', () => location.reload())
