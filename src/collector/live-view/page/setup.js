import { addressOf } from './address.js'
import { element } from './elements.js'
import { collectorUrl, read, send } from './session.js'
import { tagOf } from './tag.js'

/**
 * @typedef {import('../summary.ts').ConversationSummary} Summary
 * @typedef {import('../setup-routes.ts').Setup} Setup
 */

/** Stands in the tag until a key is made. */
const noKey = 'WEB_KEY'

const recording = `chatlog.trackMessage({ role: 'user', content: 'How do I install it?' })
chatlog.trackMessage({ role: 'assistant', content: 'With npm.' })`

/** What the test button sends: whoever reads the list sees what it is. */
const testConversation = {
  type: 'openai',
  tags: ['test'],
  messages: [
    { role: 'user', content: 'Does this collector receive messages?' },
    { role: 'assistant', content: 'Yes. The test button of the live view sent this conversation.' },
  ],
}

/**
 * The three steps to the first conversation of one's own page.
 *
 * @param {() => void} close takes them off the screen
 */
export function createSetup(close) {
  const tags = createTags()
  const key = element('div', { class: 'key' })
  const sendTest = element('button', { type: 'button', class: 'quiet', disabled: '' }, ['Send a test message'])
  const testResult = element('p', { class: 'result', role: 'status' })
  const status = element('p', { class: 'waiting', role: 'status', 'data-state': 'waiting' }, [
    'Waiting for the first conversation …',
  ])
  const makeKey = element('button', { type: 'button' }, ['Make a WEB key'])
  let webKey = noKey

  async function makeTheKey() {
    makeKey.disabled = true
    const made = await send('/live-view/web-keys', {})
    makeKey.disabled = false
    if (!made.ok) return key.replaceChildren(complaint(made.detail))
    webKey = made.answer.key
    sendTest.disabled = false
    makeKey.remove()
    key.replaceChildren(
      element('code', { 'aria-label': 'The WEB key' }, [webKey]),
      copyButton(() => webKey),
      element('p', {}, ['Copy it now. The collector keeps only a hash of it, and cannot show it again.']),
    )
    tags.show(webKey)
  }

  async function sendTheTest() {
    sendTest.disabled = true
    const sent = await send('/conversations', testConversation, { authorization: `Bearer ${webKey}` })
    sendTest.disabled = false
    testResult.replaceChildren(sent.ok ? 'The collector stored the test message.' : complaint(sent.detail))
  }

  makeKey.addEventListener('click', makeTheKey)
  sendTest.addEventListener('click', sendTheTest)

  const steps = element('ol', {}, [
    step('Make a WEB key', [
      element('p', {}, ['The key is public. A page with it can send conversations, and cannot read any.']),
      makeKey,
      key,
    ]),
    step('Paste this tag into your page, before the chat widget', tags.elements),
    step('Pass the messages of the chat to chatlog', [
      element('p', {}, [
        'Your widget does that, or your own code. To try it, type this into the console of your page:',
      ]),
      codeBlock('Code that records two messages', recording).element,
      element('p', {}, ['You have no page yet? Then check the key from here:']),
      sendTest,
      testResult,
    ]),
  ])
  const closing = element('button', { type: 'button', class: 'quiet close' }, ['Close'])
  closing.addEventListener('click', close)
  return {
    element: element('section', { class: 'setup', 'aria-label': 'Set up a page' }, [
      closing,
      element('h2', {}, ['Record the first conversation of your page']),
      status,
      steps,
    ]),

    /** @param {Summary} summary just stored */
    arrived(summary) {
      if (status.dataset.state === 'arrived') return
      status.dataset.state = 'arrived'
      status.replaceChildren(
        'A conversation has arrived. ',
        element('a', { href: addressOf({ id: summary.id }) }, ['Open it']),
      )
    },
  }
}

/** The tag in its two forms. Until a key is made, a placeholder stands for it. */
function createTags() {
  const tag = codeBlock('The tag')
  const pinnedTag = codeBlock('The tag with a fixed version')
  const pinnedDetails = element('details', {}, [
    element('summary', {}, ['Use a fixed version, checked by its hash']),
    element('p', {}, [
      'Caches keep this file for ever, and the browser refuses it if somebody changed it. After an update of the collector, ' +
        'copy the new tag: a collector serves only its own version.',
    ]),
    pinnedTag.element,
  ])
  let key = noKey
  /** @type {Setup['pinned']} */
  let pinned = null

  /** @param {string} newKey */
  function show(newKey) {
    key = newKey
    tag.show(tagOf({ origin: collectorUrl, key }))
    pinnedTag.show(pinned ? tagOf({ origin: collectorUrl, key, pinned }) : '')
    pinnedDetails.hidden = pinned === null
  }

  show(noKey)
  read('/live-view/setup').then((/** @type {Setup | null} */ setup) => {
    pinned = setup?.pinned ?? null
    show(key)
  })
  return { elements: [tag.element, pinnedDetails], show }
}

/**
 * @param {string} title
 * @param {(Node | string)[]} content
 */
const step = (title, content) => element('li', {}, [element('h3', {}, [title]), ...content])

/** @param {string} text */
const complaint = (text) => element('span', { class: 'complaint' }, [text])

/**
 * Code to copy, by a button or by hand.
 *
 * @param {string} label
 * @param {string} [text]
 */
function codeBlock(label, text = '') {
  const pre = element('pre', { tabindex: '0', 'aria-label': label, role: 'region' }, [text])
  return {
    element: element('div', { class: 'code' }, [copyButton(() => pre.textContent ?? ''), pre]),
    /** @param {string} newText */
    show(newText) {
      pre.textContent = newText
    },
  }
}

/** @param {() => string} textOf */
export function copyButton(textOf) {
  const button = element('button', { type: 'button', class: 'quiet copy' }, ['Copy'])
  button.addEventListener('click', async () => {
    // Only on https and on this machine may a page write to the clipboard.
    await navigator.clipboard?.writeText(textOf())
    button.textContent = navigator.clipboard ? 'Copied' : 'Select the text and copy it'
  })
  return button
}
