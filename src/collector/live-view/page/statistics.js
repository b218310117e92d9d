import { addressOf, addressWith, readAddress } from './address.js'
import { element } from './elements.js'
import { counted, timeElement } from './format.js'
import { numbersTable, plotDays, plotNumbers } from './plots.js'
import { reasonText } from './reactions.js'
import { read } from './session.js'
import { localDay, queryOf, zone, zoneText } from './zone.js'

/** @typedef {import('../statistics.ts').Statistics} Statistics */

/** Spans that are offered, in days. @type {[string, number | null][]} */
const spans = [
  ['7 days', 7],
  ['30 days', 30],
  ['90 days', 90],
  ['all', null],
]

/** How answers end, in the order in which they are shown. @type {[end: string, label: string, colour: string][]} */
const ends = [
  ['complete', 'answered', 'good'],
  ['aborted', 'stopped', 'accent'],
  ['error', 'failed', 'warning'],
  ['interrupted', 'interrupted', 'warning'],
  ['streaming', 'still streaming', 'accent'],
  ['none', 'no answer', 'soft'],
]

/**
 * The view of plots.
 *
 * @param {HTMLElement} place
 */
export function createStatistics(place) {
  /** @type {(() => void)[]} */
  let removals = []
  /** @type {string | null} */
  let shown = null

  function clear() {
    for (const remove of removals.splice(0)) remove()
  }

  /** @param {URLSearchParams} filters */
  async function load(filters) {
    const query = String(filters)
    place.setAttribute('aria-busy', 'true')
    /** @type {Statistics | null} */
    const statistics = await read(`/live-view/statistics?${queryOf(filters)}&zone=${encodeURIComponent(zone)}`)
    if (shown !== query) return
    clear()
    const { scrollTop } = place
    place.removeAttribute('aria-busy')
    if (!statistics)
      return place.replaceChildren(element('p', { class: 'empty' }, ['The collector could not count this.']))
    place.replaceChildren(...sections(statistics, filters))
    removals = plots(place, statistics)
    place.scrollTop = scrollTop
  }

  return {
    /** Counts anew what is shown. */
    renew() {
      if (shown !== null) load(new URLSearchParams(shown))
    },

    /** @param {URLSearchParams | null} filters what is counted; `null` hides the view */
    show(filters) {
      place.hidden = filters === null
      if (filters === null) {
        shown = null
        return clear()
      }
      if (shown === String(filters)) return
      shown = String(filters)
      load(filters)
    },
  }
}

/**
 * @param {HTMLElement} place
 * @param {Statistics} statistics
 */
function plots(place, { days, turns }) {
  const at = (/** @type {string} */ id) => /** @type {HTMLElement} */ (place.querySelector(`#${id}`))
  const counted = days.map(({ day }) => day)
  return [
    plotDays(at('days-plot'), counted, [
      { label: 'conversations', color: '--accent', values: days.map(({ conversations }) => conversations) },
      { label: 'messages', color: '--good', values: days.map(({ messages }) => messages) },
    ]),
    plotDays(at('times-plot'), counted, [
      { label: 'seconds', color: '--accent', values: days.map(({ answerMs }) => answerMs && answerMs / 1_000) },
    ]),
    plotDays(at('feedback-plot'), counted, [
      { label: 'positive', color: '--good', values: days.map(({ positive }) => positive) },
      { label: 'negative', color: '--warning', values: days.map(({ negative }) => negative) },
    ]),
    plotNumbers(
      at('turns-plot'),
      turns.map((one) => one.turns),
      [
        {
          label: 'conversations',
          color: '--accent',
          values: turns.map(({ conversations }) => conversations),
          isBars: true,
        },
      ],
    ),
  ]
}

/**
 * @param {Statistics} statistics
 * @param {URLSearchParams} filters
 */
function sections(statistics, filters) {
  const { days, turns, answers, clicked, neverClicked, hasShown, figures, negativeFeedback, searches } = statistics
  return [
    element('div', { class: 'statistics-head' }, [
      element('h2', {}, ['Statistics']),
      spanLinks(filters),
      statistics.before ? element('p', { class: 'faint' }, ['“Before” is the time before, which is as long.']) : null,
    ]),
    element('dl', { class: 'figures' }, figureElements(statistics)),
    section('Conversations and messages a day', 'wide', [
      element('p', { class: 'faint' }, [`By the day on which a conversation began, in ${zoneText()}.`]),
      element('div', { class: 'plot', id: 'days-plot' }),
      numbersTable(
        [`day (${zone})`, 'conversations', 'messages'],
        days.map((one) => [one.day, one.conversations, one.messages]),
      ),
    ]),
    section('Time until an answer', '', [
      element('p', { class: 'faint' }, [
        'By day, half of the answers came within this time. Of the newest 5,000 conversations at most.',
      ]),
      element('div', { class: 'plot', id: 'times-plot' }),
      numbersTable(
        [`day (${zone})`, 'seconds'],
        days.map(({ day, answerMs }) => [day, answerMs === null ? '–' : secondsOf(answerMs)]),
      ),
    ]),
    section('Feedback a day', '', [
      element('div', { class: 'plot', id: 'feedback-plot' }),
      numbersTable(
        [`day (${zone})`, 'positive', 'negative'],
        days.map(({ day, positive, negative }) => [day, positive, negative]),
      ),
    ]),
    section('Questions in a conversation', '', [
      element('div', { class: 'plot', id: 'turns-plot' }),
      numbersTable(
        ['questions', 'conversations'],
        turns.map((one) => [one.turns, one.conversations]),
      ),
    ]),
    section('How answers ended', '', [shares(answers)]),
    section('Links clicked most', '', [linkBars(clicked, 'No link was clicked.', true)]),
    section('Links shown, never clicked', '', [
      linkBars(neverClicked, hasShown ? 'Every link that was shown was clicked.' : 'No answer showed a link.', false),
    ]),
    section('Feedback', '', feedbackParts(figures, negativeFeedback)),
    section('Latest searches', '', [
      // No conversation has them: nothing else of a filter can be said of them.
      element('p', { class: 'faint' }, ['Of the time and the visitor chosen. The other filters don’t narrow these.']),
      searches.length === 0
        ? nothing('Nobody searched for anything.')
        : element(
            'ul',
            { class: 'rows' },
            searches.map(({ query, createdAt }) =>
              element('li', {}, [element('span', { dir: 'auto' }, [query]), timeElement(createdAt, 'ago')]),
            ),
          ),
    ]),
  ]
}

/** @param {URLSearchParams} filters */
function spanLinks(filters) {
  return element(
    'nav',
    { class: 'spans', 'aria-label': 'Time' },
    spans.map(([label, length]) => {
      const others = new URLSearchParams(filters)
      const from = length === null ? null : localDay(length - 1)
      others.delete('to')
      if (from === null) others.delete('from')
      else others.set('from', from)
      const isShown = (filters.get('from') ?? null) === from && !filters.has('to')
      return element(
        'a',
        { href: addressOf({ view: 'statistics', filters: others }), ...(isShown && { 'aria-current': 'true' }) },
        [label],
      )
    }),
  )
}

/** @param {Statistics['answers']} answers */
function shares(answers) {
  const all = sum(answers.map(({ count }) => count))
  if (all === 0) return nothing('There is no answer yet.')
  const known = ends.map(([end, label, colour]) => ({
    label,
    colour,
    count: sum(answers.filter((one) => one.end === end).map(({ count }) => count)),
  }))
  const others = sum(answers.filter(({ end }) => !ends.some(([name]) => name === end)).map(({ count }) => count))
  const rows = [...known, { label: 'otherwise', colour: 'soft', count: others }].filter(({ count }) => count > 0)
  return element('ul', { class: 'shares' }, [
    ...rows.map(({ label, colour, count }) => {
      const percent = (count / all) * 100
      return element('li', { class: colour }, [
        element('span', {}, [label]),
        bar(count, all, `${label}: ${count} of ${all}`),
        element('span', { class: 'count' }, [`${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`]),
        element('span', { class: 'count faint' }, [count.toLocaleString('en')]),
      ])
    }),
  ])
}

/**
 * @param {Statistics['clicked']} links
 * @param {string} none
 * @param {boolean} leads whether to the conversations in which it was clicked
 */
function linkBars(links, none, leads) {
  const most = links[0]?.count
  if (most === undefined) return nothing(none)
  return element(
    'ul',
    { class: 'bars' },
    links.map(({ value, count, conversations }) => {
      const times = `${leads ? 'clicked' : 'shown'} ${counted(count, 'time')} in ${counted(conversations, 'conversation')}`
      const text = element('span', { class: 'url', title: value }, [shortUrl(value)])
      return element('li', {}, [
        leads ? element('a', { href: addressWith('clicked', value), title: value }, [shortUrl(value)]) : text,
        bar(count, most, times),
        element('span', { class: 'count', title: times }, [count.toLocaleString('en')]),
      ])
    }),
  )
}

/**
 * @param {Statistics['figures']} figures
 * @param {Statistics['negativeFeedback']} negative
 */
function feedbackParts({ positive, negative: count }, negative) {
  const all = positive + count
  if (all === 0 && negative.length === 0) return [nothing('No feedback yet.')]
  return [
    element('ul', { class: 'shares' }, [
      ...[
        { label: 'negative', colour: 'warning', of: count },
        { label: 'positive', colour: 'good', of: positive },
      ].map(({ label, colour, of }) =>
        element('li', { class: colour }, [
          element('a', { href: addressWith('feedback', label) }, [label]),
          bar(of, Math.max(all, 1), `${label} feedback: ${of} of ${all}`),
          element('span', { class: 'count' }, [of.toLocaleString('en')]),
        ]),
      ),
    ]),
    element(
      'ul',
      { class: 'rows' },
      negative.map(({ feedback: { reasons, createdAt }, conversationId }) => {
        const text =
          (reasons ?? []).map(({ label, details }) => reasonText(label, details)).join('; ') || 'no reason given'
        const words = conversationId
          ? element(
              'a',
              {
                dir: 'auto',
                href: addressOf({ view: 'conversations', id: conversationId, filters: readAddress().filters }),
              },
              [text],
            )
          : element('span', { dir: 'auto' }, [text])
        return element('li', {}, [words, timeElement(createdAt, 'ago')])
      }),
    ),
  ]
}

/**
 * @param {string} heading
 * @param {string} kind
 * @param {(Node | string | null)[]} content
 */
const section = (heading, kind, content) =>
  element('section', { class: `card ${kind}` }, [element('h3', {}, [heading]), ...content])

/**
 * @param {string} label
 * @param {string} value
 * @param {string | null} before the same of the time before
 */
const figure = (label, value, before) =>
  element('div', {}, [
    element('dt', {}, [label]),
    element('dd', {}, [value]),
    before === null ? null : element('dd', { class: 'before', title: 'In the time before' }, [`before: ${before}`]),
  ])

/**
 * The numbers of a selection, each with that of the time before under it.
 *
 * @param {Statistics} statistics
 */
function figureElements({ figures, before }) {
  /** @type {[string, (of: Statistics['figures']) => string][]} */
  const shown = [
    ['conversations', (of) => of.conversations.toLocaleString('en')],
    ['visitors', (of) => of.visitors.toLocaleString('en')],
    ['messages', (of) => of.messages.toLocaleString('en')],
    ['questions each', (of) => (of.conversations ? (of.questions / of.conversations).toFixed(1) : '–')],
    ['until an answer', (of) => (of.answerMs === null ? '–' : `${secondsOf(of.answerMs)} s`)],
    ['links clicked', (of) => of.clicks.toLocaleString('en')],
    ['negative feedback', (of) => of.negative.toLocaleString('en')],
  ]
  return shown.map(([label, say]) => figure(label, say(figures), before && say(before)))
}

/** @param {number} ms */
const secondsOf = (ms) => (ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)

/**
 * @param {number} value
 * @param {number} most
 * @param {string} label
 */
const bar = (value, most, label) =>
  element('meter', { min: '0', max: String(most), value: String(value), 'aria-label': label, title: label })

/** @param {string} text */
const nothing = (text) => element('p', { class: 'faint' }, [text])

/** @param {string} url */
const shortUrl = (url) => url.replace(/^https?:\/\//, '').replace(/\/$/, '')

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((all, number) => all + number, 0)
