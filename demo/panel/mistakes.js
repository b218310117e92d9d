/** @type {Record<string, () => void>} */
const tries = {
  'wrong-role': () => window.chatlog.trackMessage(/** @type {any} */ ({ role: 'tool', content: '{"found": 3}' })),
  'no-url': () =>
    window.chatlog.trackMessage(
      /** @type {any} */ ({ role: 'assistant', content: 'See the guide.', links: [{ label: 'Guide' }] }),
    ),
  pending: () => window.chatlog.setConsent('pending'),
  granted: () => window.chatlog.setConsent('granted'),
}

for (const [id, attempt] of Object.entries(tries)) document.getElementById(id)?.addEventListener('click', attempt)
