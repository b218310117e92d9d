const button = document.getElementById('copy-tag')
const tag = document.getElementById('tag')

button?.addEventListener('click', async () => {
  await navigator.clipboard.writeText(tag?.textContent ?? '')
  button.textContent = 'Copied'
})
