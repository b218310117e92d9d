// Conversations as a documentation site has them: made up, and the same ones every time.

const questions = [
  'How do I install the {thing}?',
  'Why does the {thing} stop after an hour?',
  'Can I run the {thing} behind a proxy?',
  'What does error {number} mean?',
  'How are failed {thing}s retried?',
  'Is there a limit to how many {thing}s I can have?',
  'Where do I find the logs of the {thing}?',
  'How do I move my {thing}s to another region?',
]
const things = ['worker', 'queue', 'schedule', 'webhook', 'token', 'cluster', 'deployment', 'backup']
const pages = ['', 'install', 'queues', 'retries', 'webhooks', 'limits', 'regions', 'troubleshooting', 'pricing', 'api']
const answers = [
  'Install it with the package manager of your system, then start it once by hand to see that it finds its settings. ',
  'It is given up after the last try; the log of the worker says why, and the dashboard keeps the payload for a week. ',
  'Yes. Set the address of the proxy in the environment before it starts, and allow it in the settings of the project. ',
  'The limit is counted for each project and not for each key, so that a second key does not give you more of it. ',
]
const ends = ['complete', 'complete', 'complete', 'complete', 'complete', 'complete', 'complete', 'aborted', 'error']

/** @param {number} seed @returns numbers from 0 to 1, the same ones for the same seed */
function createRandom(seed) {
  let state = seed
  return () => {
    // mulberry32, public domain
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * @param {number} index of the conversation; the higher, the newer
 * @param {number} count of all
 * @param {number} nowMs when the newest one began, milliseconds since 1970
 * @param {number} days over which they are spread
 */
export function exampleConversation(index, count, nowMs, days) {
  const random = createRandom(index + 1)
  /** @template Item @param {Item[]} items @returns {Item} */
  const pick = (items) => /** @type {Item} */ (items[Math.floor(random() * items.length)])
  const startMs = nowMs - Math.floor(((count - index) / count) * days * 86_400_000)
  const id = `example-${index}`
  const pageUrl = `https://docs.example.com/${pick(pages)}`
  const visitorId = `visitor-${Math.floor(random() * (count / 2))}`
  const turns = 1 + Math.floor(random() ** 3 * 8)
  let timeMs = startMs
  const messages = Array.from({ length: turns }, (_, turn) => {
    const question = pick(questions)
      .replace('{thing}', pick(things))
      .replace('{number}', String(Math.floor(random() * 900)))
    const askedMs = timeMs
    const answeredMs = askedMs + 900 + Math.floor(random() * 6_000)
    timeMs = answeredMs + 5_000 + Math.floor(random() * 60_000)
    const links = [pick(pages), pick(pages)].map((page) => ({
      url: `https://docs.example.com/${page}`,
      label: page || 'Home',
    }))
    const clicks =
      random() < 0.25 && links[0] && !links[0].url.endsWith('/pricing')
        ? [{ ...links[0], clickedAt: iso(answeredMs + 4_000) }]
        : []
    const feedback = random() < 0.04 ? { feedback: { type: random() < 0.6 ? 'negative' : 'positive' } } : {}
    return [
      message(`${id}-q${turn}`, 'user', question, askedMs, askedMs, {}),
      {
        ...message(
          `${id}-a${turn}`,
          'assistant',
          Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(answers)).join(''),
          askedMs + 400,
          answeredMs,
          {
            status: pick(ends),
            ...(clicks.length > 0 && { linkClicks: clicks }),
            ...feedback,
          },
        ),
        links,
      },
    ]
  }).flat()
  return {
    id,
    type: 'openai',
    createdAt: iso(startMs),
    updatedAt: iso(timeMs),
    tags: random() < 0.3 ? ['beta', 'docs'] : ['docs'],
    userProperties: { id: visitorId, identificationType: 'COOKIED' },
    properties: { chatlog: { visitorId, page: { url: pageUrl, title: 'Documentation' }, libraryVersion: '0.1.0' } },
    messages,
  }
}

/** @param {number} ms */
const iso = (ms) => new Date(ms).toISOString()

/**
 * @param {string} id
 * @param {'user' | 'assistant'} role
 * @param {string} content
 * @param {number} createdMs
 * @param {number} updatedMs
 * @param {Record<string, unknown>} chatlog
 */
function message(id, role, content, createdMs, updatedMs, chatlog) {
  return { id, role, content, createdAt: iso(createdMs), updatedAt: iso(updatedMs), properties: { chatlog } }
}
