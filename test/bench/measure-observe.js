import { load, mainThreadMs, openPage, wait } from './browser.js'
import { nothing } from './subjects.js'
import { forcedLayouts, traced } from './trace.js'

const tokenCount = 2_000

/** How widgets show an answer that grows. */
export const widgetKinds = /** @type {const} */ (['its text grows', 'each token is an element', 'its HTML is replaced'])

/** @typedef {typeof widgetKinds[number]} WidgetKind */

/** @type {import('./subjects.js').Subject} */
const observing = {
  name: 'chatlog-observe',
  file: 'dist/chatlog-observe.js',
  init: (collector) => {
    chatlog.init({ apiKey: 'WEB_KEY', endpoint: `${collector}/conversations` })
    chatlog.observe({ observe: '#chat', user: '.user', assistant: '.bot' })
  },
  record: () => {},
  carriesMessage: () => false,
}

/**
 * Main-thread CPU, in milliseconds, of a page in which a widget streams 2,000 tokens, without and with observing.
 *
 * @typedef {{ without: number, observed: number, forcedLayouts: number, recorded: number }} Observed
 */

/**
 * @param {import('./browser.js').Stand} stand
 * @returns {Promise<Record<WidgetKind, Observed>>}
 */
export async function measureObserve(stand) {
  /** @type {Partial<Record<WidgetKind, Observed>>} */
  const found = {}
  for (const kind of widgetKinds) {
    const { taskMs: without } = await stream(stand, nothing, kind)
    const { taskMs: observed, recorded } = await stream(stand, observing, kind)
    found[kind] = { without, observed, recorded, forcedLayouts: await countForced(stand, kind) }
  }
  return /** @type {Record<WidgetKind, Observed>} */ (found)
}

/**
 * @param {import('./browser.js').Stand} stand
 * @param {import('./subjects.js').Subject} script
 * @param {WidgetKind} kind
 */
async function stream(stand, script, kind) {
  const { page, session, close } = await openPage(stand)
  await load(page, script, stand.collector.origin)
  await wait(300)
  const before = await mainThreadMs(session)
  await page.evaluate(streamAnswer, { kind, tokens: tokenCount })
  const taskMs = (await mainThreadMs(session)) - before
  const recorded = await page.evaluate(() =>
    typeof chatlog === 'undefined' ? 0 : (chatlog.getState().conversations[0]?.bytes ?? 0),
  )
  await close()
  return { taskMs, recorded }
}

/**
 * Apart, since tracing costs time too.
 *
 * @param {import('./browser.js').Stand} stand
 * @param {WidgetKind} kind
 */
async function countForced(stand, kind) {
  const { page, close } = await openPage(stand)
  await load(page, observing, stand.collector.origin)
  const events = await traced(stand.browser, page, () => page.evaluate(streamAnswer, { kind, tokens: tokenCount / 10 }))
  await close()
  return forcedLayouts(events, observing.file)
}

/**
 * Runs in the page: a widget that shows a question and streams its answer, scrolled to its end as widgets do.
 *
 * @param {{ kind: WidgetKind, tokens: number }} how
 */
async function streamAnswer({ kind, tokens }) {
  document.body.innerHTML =
    '<div id="chat" style="height:400px;overflow:auto"><div class="user">How do I start?</div></div>'
  const chat = /** @type {HTMLElement} */ (document.querySelector('#chat'))
  const answer = document.createElement('div')
  answer.className = 'bot'
  chat.append(answer)
  let text = ''
  for (let token = 0; token < tokens; token++) {
    const word = token % 40 === 39 ? 'end.\n\n' : `word${token} `
    text += word
    if (kind === 'its text grows') answer.textContent = text
    else if (kind === 'each token is an element')
      answer.append(Object.assign(document.createElement('span'), { textContent: word }))
    else
      answer.innerHTML = text
        .split('\n\n')
        .map((paragraph) => `<p>${paragraph}</p>`)
        .join('')
    chat.scrollTop = chat.scrollHeight
    await new Promise((resolve) => setTimeout(resolve, 4))
  }
}
