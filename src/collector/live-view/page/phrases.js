import { element } from './elements.js'
import { read, send } from './session.js'

/**
 * Lets somebody say in which words the answers of their site say that they could not find something.
 *
 * @param {() => void} changed called once other phrases are kept
 */
export async function editPhrases(changed) {
  /** @type {import('../setting-routes.ts').Settings | null} */
  const settings = await read('/live-view/settings')
  const given = element('textarea', { id: 'phrases-given', rows: '6', dir: 'auto', spellcheck: 'false' })
  given.value = (settings?.notFoundPhrases ?? []).join('\n')
  const complaint = element('p', { class: 'complaint', role: 'alert' })
  const cancel = element('button', { type: 'button', class: 'quiet' }, ['Cancel'])
  const keep = element('button', { type: 'submit' }, ['Keep'])
  const form = element('form', { method: 'dialog' }, [
    element('h2', { id: 'phrases-heading' }, ['Your words for “could not find”']),
    element('label', { for: 'phrases-given' }, [
      'What do the answers of your site say when they could not find something? Write one phrase a line. Case and accents ' +
        'don’t matter.',
    ]),
    given,
    complaint,
    element('p', { class: 'answers' }, [cancel, keep]),
  ])
  const dialog = element('dialog', { class: 'erase', 'aria-labelledby': 'phrases-heading' }, [form])
  cancel.addEventListener('click', () => dialog.close())
  dialog.addEventListener('close', () => dialog.remove())
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const notFoundPhrases = given.value.split('\n').map((phrase) => phrase.trim())
    const answer = await send('/live-view/settings', { notFoundPhrases: notFoundPhrases.filter(Boolean) })
    if (!answer.ok) return complaint.replaceChildren(answer.detail)
    dialog.close()
    changed()
  })
  document.body.append(dialog)
  dialog.showModal()
}
