import { element } from './elements.js'
import { timeElement } from './format.js'
import { read, send } from './session.js'
import { copyButton } from './setup.js'

/**
 * @typedef {import('../admin-routes.ts').ShownKey} ShownKey
 * @typedef {import('../admin-routes.ts').KeysAnswer} KeysAnswer
 */

/** @type {[value: string, label: string][]} */
const roles = [
  ['read', 'read: sees conversations, statistics and exports'],
  ['write', 'write: also sends conversations'],
  ['erase', 'erase: also deletes conversations and forgets visitors'],
  ['admin', 'admin: also makes and revokes keys, and sees the audit log'],
]

/** The project's keys, for admins: made, shown once, and revoked here. */
export async function keysPage() {
  const list = element('ul', { class: 'entries' })
  const result = element('div', { class: 'result', role: 'status' })
  const renew = async () => {
    /** @type {KeysAnswer | null} */
    const answer = await read('/live-view/keys')
    list.replaceChildren(
      ...(answer
        ? answer.keys.map((key) => keyRow(key, renew))
        : [element('li', {}, ['Only a key of the role admin may see the keys. Sign in with one.'])]),
    )
  }
  await renew()
  return [
    element('h2', {}, ['Keys of this project']),
    element('p', { class: 'faint' }, [
      'A WEB key stands in your pages: it sends conversations, and reads none. An API key is secret: a person signs in with it, or a program of yours uses it. ' +
        'The collector keeps only a hash of each key. What you make and revoke here counts at once.',
    ]),
    element('section', { class: 'card' }, [
      element('h3', {}, ['Make a key']),
      keyForm(async (made) => {
        result.replaceChildren(
          element('p', {}, ['The new key. Copy it now: the collector cannot show it again.']),
          element('p', { class: 'new-key' }, [
            element('code', { 'aria-label': 'The new key' }, [made]),
            copyButton(() => made),
          ]),
        )
        await renew()
      }),
      result,
    ]),
    element('section', { class: 'card' }, [element('h3', {}, ['All keys']), list]),
  ]
}

/** @param {(key: string) => Promise<void>} onMade */
function keyForm(onMade) {
  const type = select('type', [
    ['web', 'WEB key, for pages'],
    ['api', 'API key, for a person or a program'],
  ])
  const role = select('role', roles)
  const name = element('input', { name: 'name', maxlength: '200', dir: 'auto', placeholder: 'who or what uses it' })
  const origins = element('textarea', { name: 'origins', rows: '2', spellcheck: 'false', dir: 'ltr' })
  const expires = element('input', { name: 'expires', type: 'date' })
  const complaint = element('p', { class: 'complaint', role: 'alert' })
  const originsHint = element('span', { class: 'faint' })
  const button = element('button', {}, ['Make the key'])
  const roleField = field('Role', role)
  const suit = () => {
    roleField.hidden = type.value === 'web'
    originsHint.textContent =
      type.value === 'web'
        ? 'One a line, like https://docs.example.com, or https://*.example.com for all its subdomains. Empty: pages of every origin may use the key.'
        : 'One a line. Empty: no page may use the key, only people who sign in and programs.'
  }
  type.addEventListener('change', suit)
  suit()

  const form = element('form', { class: 'key-form', autocomplete: 'off' }, [
    field('Type', type),
    field('Name', name),
    roleField,
    field('Origins of the pages', origins, originsHint),
    field(
      'Works until the beginning of',
      expires,
      element('span', { class: 'faint' }, ['Empty: until somebody revokes it.']),
    ),
    complaint,
    button,
  ])
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    button.disabled = true
    const made = await send('/live-view/keys', {
      type: type.value,
      ...(type.value === 'api' && { role: role.value }),
      name: name.value,
      origins: origins.value.split('\n'),
      ...(expires.value && { expiresAt: startOfDay(expires.value) }),
    })
    button.disabled = false
    complaint.textContent = made.ok ? '' : made.detail
    if (!made.ok) return
    form.reset()
    suit()
    await onMade(made.answer.key)
  })
  return form
}

/** @param {string} day of the reader's time zone, `2027-01-31` */
function startOfDay(day) {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date).toISOString()
}

/**
 * @param {string} label
 * @param {HTMLElement} input
 * @param {HTMLElement} [hint]
 */
function field(label, input, hint) {
  return element('label', {}, [element('span', {}, [label]), input, hint ?? null])
}

/**
 * @param {string} name
 * @param {[value: string, label: string][]} choices
 */
const select = (name, choices) =>
  element(
    'select',
    { name },
    choices.map(([value, label]) => element('option', { value }, [label])),
  )

/** @type {Record<ShownKey['state'], string>} */
const stateClasses = { works: 'chip good', expired: 'chip warning', revoked: 'chip warning' }

/**
 * @param {ShownKey} key
 * @param {() => Promise<void>} renew
 */
function keyRow(key, renew) {
  const { id, type, name, origins, createdAt, expiresAt, revokedAt, lastUsedAt, state, isOwn } = key
  const role = type === 'api' ? (key.role ?? 'erase') : null
  const anywhere = type === 'web' ? 'pages of every origin' : 'no page'
  return element('li', { 'data-key': id }, [
    element('p', { class: 'entry-head' }, [
      element('strong', { dir: 'auto' }, [name ?? (type === 'web' ? 'WEB key' : 'API key')]),
      element('span', { class: stateClasses[state] }, [state]),
      element('span', { class: 'chip' }, [role ? `api, ${role}` : 'web']),
      isOwn ? element('span', { class: 'chip' }, ['you are signed in with it']) : null,
    ]),
    element('dl', { class: 'entry-facts' }, [
      ...fact('Id', element('code', {}, [id])),
      ...fact('Used from', origins.length > 0 ? origins.join(', ') : anywhere),
      ...fact('Made', timeElement(createdAt, 'full')),
      ...fact('Last used', lastUsedAt ? timeElement(lastUsedAt, 'ago') : 'never'),
      ...(expiresAt ? fact(state === 'expired' ? 'Expired' : 'Expires', timeElement(expiresAt, 'full')) : []),
      ...(revokedAt ? fact('Revoked', timeElement(revokedAt, 'full')) : []),
    ]),
    state === 'revoked' || isOwn ? null : revoking(key, renew),
  ])
}

/**
 * A button that asks before it revokes.
 *
 * @param {ShownKey} key
 * @param {() => Promise<void>} renew
 */
function revoking({ id, name, type }, renew) {
  const what = name ?? `${type === 'web' ? 'WEB' : 'API'} key ${id}`
  const place = element('div', { class: 'revoking' })
  const ask = element('button', { type: 'button', class: 'quiet', 'aria-label': `Revoke ${what}` }, ['Revoke'])
  const confirm = element('button', { type: 'button' }, ['Revoke it for good'])
  const keep = element('button', { type: 'button', class: 'quiet' }, ['Keep it'])
  ask.addEventListener('click', () => {
    const consequence =
      type === 'web'
        ? 'Pages with this key can send nothing more. They keep their messages until they have another key.'
        : 'Whoever uses this key is refused from now on, and people who signed in with it are signed out.'
    place.replaceChildren(element('p', { role: 'alert' }, [consequence]), confirm, ' ', keep)
    confirm.focus()
  })
  keep.addEventListener('click', () => {
    place.replaceChildren(ask)
    ask.focus()
  })
  confirm.addEventListener('click', async () => {
    confirm.disabled = true
    const revoked = await send(`/live-view/keys/${encodeURIComponent(id)}/revoke`, {})
    if (revoked.ok) return renew()
    place.replaceChildren(element('p', { class: 'complaint', role: 'alert' }, [revoked.detail]), ask)
  })
  place.append(ask)
  return place
}

/**
 * @param {string} label
 * @param {Node | string} value
 */
const fact = (label, value) => [element('dt', {}, [label]), element('dd', { dir: 'auto' }, [value])]
