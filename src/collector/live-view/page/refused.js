import { element } from './elements.js'
import { counted, timeElement } from './format.js'
import { read } from './session.js'

/**
 * @typedef {import('../admin-routes.ts').RefusalsAnswer} RefusalsAnswer
 * @typedef {RefusalsAnswer['ofProject']['refusals'][number]} NamedRefusal
 * @typedef {Omit<NamedRefusal, 'keyName'> & { keyName?: string | null }} Refusal
 */

/** How often the page is read anew while it is shown, in milliseconds. */
const renewMs = 15_000

/** @type {Record<number, string>} */
const statusWords = {
  400: 'not readable',
  401: 'no valid key',
  403: 'not allowed',
  404: 'not found',
  405: 'wrong method',
  422: 'not as the contract says',
  429: 'too many',
}

/** What the collector refused in the last hour. */
export async function refusedPage() {
  const content = element('div')
  const renew = async () => {
    const answer = await read('/live-view/refusals').catch(() => undefined)
    if (answer === undefined) return content.isConnected || content.replaceChildren(failed())
    const rows = JSON.stringify(answer)
    // What somebody has just selected to copy it stays.
    if (rows !== content.dataset.rows) content.replaceChildren(...(answer ? sections(answer) : [failed()]))
    content.dataset.rows = rows
  }
  await renew()
  const timer = setInterval(() => (content.isConnected ? renew() : clearInterval(timer)), renewMs)
  return [
    element('h2', {}, ['Refused requests of the last hour']),
    element('p', { class: 'faint' }, [
      'The collector answered these requests with an error, and stored nothing of them. Where several collectors share a ' +
        'database, those of all of them are listed, up to ten seconds later. After an hour they are forgotten.',
    ]),
    content,
  ]
}

const failed = () => element('p', { role: 'alert' }, ['The collector does not answer. This page tries again.'])

/** @param {RefusalsAnswer} answer */
function sections({ ofProject, ofStrangers }) {
  return [
    section('With a key of this project', ofProject, 'The collector refused no request with a key of this project.'),
    ...(ofStrangers
      ? [
          section(
            'Without a known key',
            ofStrangers,
            'The collector refused no request without a known key.',
            'Only admins see these, since nobody knows whose they are. A page with a mistyped key is found here, and so is whoever only tries addresses.',
          ),
        ]
      : []),
  ]
}

/**
 * @param {string} heading
 * @param {{ refusals: Refusal[], others: number }} list
 * @param {string} none
 * @param {string} [explanation]
 */
function section(heading, { refusals, others }, none, explanation) {
  return element('section', { class: 'card' }, [
    element('h3', {}, [heading]),
    explanation ? element('p', { class: 'faint' }, [explanation]) : null,
    refusals.length > 0
      ? element('ul', { class: 'entries' }, refusals.map(refusalRow))
      : element('p', { class: 'faint' }, [none]),
    others > 0
      ? element('p', { class: 'faint' }, [
          `${counted(others, 'more request')} of the hour had other reasons, origins or keys. There is no room to list them.`,
        ])
      : null,
  ])
}

/** @param {Refusal} refusal */
function refusalRow({ status, request, reason, keyId, keyName, origin, count, lastAtMs }) {
  const key = keyId === null ? null : keyName ? `${keyName} (${keyId})` : keyId
  return element('li', {}, [
    element('p', { class: 'entry-head' }, [
      element('span', { class: 'chip warning' }, [`${status} ${statusWords[status] ?? ''}`]),
      element('code', { dir: 'auto' }, [request]),
      element('span', { class: 'count' }, [counted(count, 'request')]),
      timeElement(new Date(lastAtMs).toISOString(), 'ago'),
    ]),
    element('p', { class: 'reason', dir: 'auto' }, [reason]),
    element('dl', { class: 'entry-facts' }, [
      ...fact('Key', key ?? 'none'),
      ...fact('Origin', origin ?? 'none that a browser sends'),
    ]),
  ])
}

/**
 * @param {string} name
 * @param {string} value
 */
const fact = (name, value) => [element('dt', {}, [name]), element('dd', { dir: 'auto' }, [value])]
