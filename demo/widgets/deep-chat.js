// What a site's owner tells deep-chat: where it asks, where it keeps its history, and the colours of the site.

/** @param {string} content */
const labelled = (content) => ({
  text: { content, styles: { default: { color: 'var(--accent)', fontSize: '1rem', fontWeight: '600' } } },
})

const colours = { backgroundColor: 'transparent', color: 'var(--ink)' }

const chat = /** @type {HTMLElement} */ (document.querySelector('deep-chat'))
Object.assign(chat.style, {
  border: '0 solid',
  borderRadius: '16px',
  boxShadow: '0 0 0 1px var(--line)',
  backgroundColor: 'var(--raised)',
})
Object.assign(chat, {
  connect: { url: '/widgets/answers/deep-chat', stream: true },
  // Apart from the widget on the other page.
  browserStorage: { key: location.pathname },

  messageStyles: {
    default: {
      shared: {
        bubble: { ...colours, maxWidth: '85%', padding: '0.45rem 0.9rem', fontSize: '1rem', lineHeight: '1.6' },
      },
      user: { bubble: { backgroundColor: 'var(--accent-wash)' } },
    },
    loading: { message: { styles: { bubble: colours } } },
  },
  textInput: {
    placeholder: { text: 'How do I install it?', style: { color: 'var(--soft-ink)' } },
    styles: {
      container: { ...colours, border: '1px solid var(--line)', borderRadius: '10px', boxShadow: 'none' },
      text: { padding: '0.45rem 5.5rem 0.45rem 0.9rem', fontSize: '1rem' },
    },
  },
  submitButtonStyles: { submit: labelled('Send'), stop: labelled('Stop'), disabled: labelled('Send') },
  auxiliaryStyle: 'a { color: var(--accent) }',
})
