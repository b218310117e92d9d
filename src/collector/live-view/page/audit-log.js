import { addressOf } from './address.js'
import { element } from './elements.js'
import { timeElement } from './format.js'
import { collectorUrl, read } from './session.js'

/**
 * @typedef {import('../admin-routes.ts').AuditAnswer} AuditAnswer
 * @typedef {import('../admin-routes.ts').KeysAnswer} KeysAnswer
 */

/** What somebody did, in words; what is missing here is shown as it is stored. @type {Record<string, string>} */
const words = {
  sign_in: 'signed in',
  sign_in_refused: 'was refused at the sign-in',
  sign_out: 'signed out',
  read: 'read a conversation',
  read_visitor: 'read a visitor’s page',
  export: 'exported conversations',
  erase_conversation: 'erased a conversation',
  erase_visitor: 'erased a visitor',
  add_key: 'made a key',
  revoke_key: 'revoked a key',
  change_setting: 'changed a setting',
}

/** Who did what in the project, newest first, for admins. */
export async function auditPage() {
  const list = element('ul', { class: 'entries audit' })
  const older = element('button', { type: 'button', class: 'quiet older' }, ['Show older entries'])
  /** @type {KeysAnswer | null} */
  const known = await read('/live-view/keys')
  const names = new Map((known?.keys ?? []).map(({ id, name }) => [id, name ? `${name} (${id})` : id]))
  /** @type {string | null} */
  let cursor = null
  const readOn = async () => {
    /** @type {AuditAnswer | null} */
    const answer = await read(`/live-view/audit${cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`}`)
    list.append(...(answer?.entries ?? []).map((entry) => auditRow(entry, names)))
    cursor = answer?.nextCursor ?? null
    older.hidden = cursor === null
    if (!answer)
      list.replaceChildren(element('li', {}, ['Only a key of the role admin may see the audit log. Sign in with one.']))
    else if (!list.hasChildNodes()) list.append(element('li', {}, ['Nobody has done anything yet.']))
  }
  older.addEventListener('click', readOn)
  await readOn()
  return [
    element('h2', {}, ['Audit log of this project']),
    element('p', { class: 'faint' }, [
      'Who read, exported or erased conversations, signed in or out, and made or revoked keys. The collector writes each entry before it answers, and erases none.',
    ]),
    element('p', {}, [
      element('a', { href: `${collectorUrl}/live-view/audit.ndjson`, download: '' }, [
        'Export the whole log as NDJSON',
      ]),
    ]),
    element('section', { class: 'card', 'aria-label': 'Entries' }, [list, older]),
  ]
}

/**
 * @param {AuditAnswer['entries'][number]} entry
 * @param {Map<string, string>} names
 */
function auditRow({ at, action, keyId, address, subject }, names) {
  const who = keyId === null ? 'Somebody without a key' : (names.get(keyId) ?? keyId)
  const isVisitor = action === 'read' && /^visitor sha256:[0-9a-f]+$/.test(subject)
  const isConversation = action === 'read' && !isVisitor && subject !== ''
  return element('li', {}, [
    element('p', { class: 'entry-head' }, [
      timeElement(at, 'full'),
      element('strong', { dir: 'auto' }, [who]),
      words[isVisitor ? 'read_visitor' : action] ?? action,
    ]),
    subject === ''
      ? null
      : element('p', { class: 'reason', dir: 'auto' }, [
          isConversation
            ? element('a', { href: addressOf({ view: 'conversations', id: subject }) }, [subject])
            : nameOf(subject, action, names),
        ]),
    address === null ? null : element('p', { class: 'faint' }, [`from ${address}`]),
  ])
}

/**
 * @param {string} subject
 * @param {string} action
 * @param {Map<string, string>} names
 */
const nameOf = (subject, action, names) => (action.endsWith('_key') ? (names.get(subject) ?? subject) : subject)
