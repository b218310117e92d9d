import { element } from './elements.js'
import { counted } from './format.js'
import { read, send } from './session.js'

/** @typedef {import('../erase-routes.ts').Erasing} Erasing */

/**
 * A button that erases, after a dialog that says what would go.
 *
 * @param {{ label: string, question: string, path: string, erased: () => void }} what `path` is the collector's, with what
 *   is to be erased; `erased` is called once it is gone
 */
export function eraseButton({ label, question, path, erased }) {
  const button = element('button', { type: 'button', class: 'quiet danger' }, [label])
  button.addEventListener('click', async () => {
    /** @type {Erasing | null} */
    const goes = await read(`${path}/erase`)
    const dialog = eraseDialog({ question, goes, path, erased })
    document.body.append(dialog)
    dialog.showModal()
  })
  return button
}

/** @param {{ question: string, goes: Erasing | null, path: string, erased: () => void }} what */
function eraseDialog({ question, goes, path, erased }) {
  const dialog = element('dialog', { class: 'erase', 'aria-labelledby': 'erase-question' })
  const complaint = element('p', { class: 'complaint', role: 'alert' })
  const cancel = element('button', { type: 'button', class: 'quiet' }, [goes ? 'Cancel' : 'Close'])
  const confirm = element('button', { type: 'button', class: 'danger' }, ['Erase for good'])
  cancel.addEventListener('click', () => dialog.close())
  dialog.addEventListener('close', () => dialog.remove())
  confirm.addEventListener('click', async () => {
    confirm.disabled = true
    const answer = await send(`${path}/erase`, {})
    confirm.disabled = false
    if (!answer.ok) return complaint.replaceChildren(answer.detail)
    dialog.close()
    erased()
  })
  dialog.append(
    element('h2', { id: 'erase-question' }, [question]),
    ...(goes ? whatGoes(goes) : [element('p', {}, ['Nothing is stored under this id any more.'])]),
    complaint,
    element('p', { class: 'answers' }, goes ? [cancel, confirm] : [cancel]),
  )
  return dialog
}

/** @param {Erasing} goes */
function whatGoes({ conversations, messages, clicks, feedback, events, alsoKnownAs }) {
  const lines = [
    counted(conversations, 'conversation'),
    counted(messages, 'message'),
    counted(clicks, 'click on a link', 'clicks on links'),
    counted(feedback, 'piece of feedback', 'pieces of feedback'),
    ...(events > 0 ? [counted(events, 'other event')] : []),
  ]
  return [
    element('p', {}, ['This goes, and nobody can bring it back:']),
    element(
      'ul',
      { class: 'goes' },
      lines.map((line) => element('li', {}, [line])),
    ),
    alsoKnownAs.length > 0
      ? element('p', {}, [
          'Conversations that name only another id of the visitor stay. Open that id to forget it too: ',
          ...alsoKnownAs.flatMap((id, index) => [index > 0 ? ', ' : '', element('code', { dir: 'auto' }, [id])]),
          '.',
        ])
      : '',
    element('p', { class: 'faint' }, [
      'A browser that still holds one of these conversations sends it again when the visitor goes on with it.',
    ]),
  ]
}
