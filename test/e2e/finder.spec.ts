import type { Page } from 'playwright/test'
import { expect, type Site, test } from './fixtures.ts'

/** A widget in a page, and what the finder has to make of a click on the question and one on the answer. */
interface Widget {
  promise: string
  html: string
  css?: string
  /** Script of the page, where the widget has to be built. */
  script?: string
  /** Selectors that Playwright clicks; open shadow roots are looked into. @defaultValue `.q` and `.r` by their text */
  question?: string
  answer?: string
  /** Attributes of the proposed tag. */
  tag: Record<string, string>
  recorded: string[]
}

const question = 'How do I install it?'
const answer = 'Run the installer.'
const recorded = ['Visitor How do I install it?', 'Answer Run the installer.']

const widgets: Widget[] = [
  {
    promise: 'names by which a page tells them apart',
    html: `<main><div id="chat"><div class="msg user"><p>${question}</p></div><div class="msg bot"><p>${answer}</p></div></div></main>`,
    tag: { observe: '#chat', user: '.user', assistant: '.bot' },
    recorded,
  },
  {
    promise: 'never a class that a build has made: what one side’s rows hold instead',
    html: `<main><ul class="sc-a1b2c3 thread"><li class="css-1x2y3z"><p>${question}</p></li><li class="css-9q8w7e"><img class="css-5t6r7u" src="data:," alt=""><p>${answer}</p></li></ul></main>`,
    tag: { observe: '.thread', user: 'li:not(:has(img))', assistant: 'li:has(img)' },
    recorded,
  },
  {
    promise: 'attributes, and the text that was clicked where a message holds more',
    html: `<main><section data-panel="chat"><div data-from="visitor"><span class="k1">Jane</span><div class="words">${question}</div></div><div data-from="robot"><span class="k1">Osier</span><div class="words"><p>${answer}</p></div></div></section></main>`,
    tag: {
      observe: '[data-panel="chat"]',
      user: '[data-from="visitor"]',
      assistant: '[data-from="robot"]',
      content: '.words',
    },
    recorded,
  },
  {
    promise: 'bubbles in groups of one side',
    html: '<main><div id="chat"><div class="mine"><div class="part">Hello there</div><div class="part">How do I install it?</div></div><div class="theirs"><div class="part">Run the installer.</div><div class="part">Then restart.</div></div></div></main>',
    tag: { observe: '#chat', user: '.mine .part', assistant: '.theirs .part' },
    recorded: [
      'Visitor Hello there',
      'Visitor How do I install it?',
      'Answer Run the installer.',
      'Answer Then restart.',
    ],
  },
  {
    promise: 'a widget in open shadow roots',
    html: '<main><x-chat></x-chat></main>',
    script: `const root = document.querySelector('x-chat').attachShadow({ mode: 'open' }); root.innerHTML = '<div class="log"><div class="from-me">${question}</div><div class="from-it">${answer}</div></div>'`,
    tag: { observe: '.log', user: '.from-me', assistant: '.from-it' },
    recorded,
  },
  {
    promise: 'a shadow root for each message',
    html: '<main><div class="log"></div></main>',
    script: `for (const [name, text] of [['x-question', '${question}'], ['x-answer', '${answer}']]) { const one = document.createElement(name); one.attachShadow({ mode: 'open' }).innerHTML = '<p>' + text + '</p>'; document.querySelector('.log').append(one) }`,
    tag: { observe: '.log', user: 'x-question', assistant: 'x-answer' },
    recorded,
  },
  {
    promise: 'a widget that a preset knows',
    html: `<main><div class="cs-message-list"><section class="cs-message cs-message--outgoing"><div class="cs-message__content">${question}</div></section><section class="cs-message cs-message--incoming"><div class="cs-message__content">${answer}</div></section></div></main>`,
    tag: { preset: 'chatscope' },
    recorded,
  },
]

const policy =
  "default-src 'none'; script-src 'nonce-n'; require-trusted-types-for 'script'; trusted-types 'none'; img-src data:; style-src 'nonce-n'"

/** A page under a strict policy, with the panel, which is asked for the finder at once. */
function widgetPage(site: Site, { html, script = '', css = '' }: Partial<Widget>, find = ' data-find'): string {
  // The widget's own script builds itself from HTML, so that this policy has to let it.
  const isBuilt = script !== ''
  return site.rawPage(
    '/',
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,"><style nonce="n">${css}</style></head>
    <body>${html}<script nonce="n">${script}</script><script nonce="n" src="/dist/chatlog-debug.js"${find}></script></body></html>`,
    { 'content-security-policy': isBuilt ? "script-src 'nonce-n'" : policy },
  )
}

const panelOf = (page: Page) => page.getByRole('region', { name: 'chatlog debug panel' })
const tagOf = (page: Page) => panelOf(page).getByLabel('The tag').inputValue()

const attributesIn = (tag: string) => {
  const found = [...tag.matchAll(/ data-([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [
    name,
    value?.replaceAll('&quot;', '"'),
  ])
  const { 'api-key': _key, endpoint: _endpoint, ...attributes } = Object.fromEntries(found)
  return attributes
}

for (const widget of widgets) {
  test(`the finder proposes, from two clicks: ${widget.promise}`, async ({ page, site }) => {
    const violations: string[] = []
    page.on('console', (message) => /policy|TrustedHTML/i.test(message.text()) && violations.push(message.text()))
    await page.goto(widgetPage(site, widget))
    await expect(panelOf(page).getByText('Click a message of the visitor')).toBeVisible()

    await page.locator('main').getByText(question).click()
    await page.locator('main').getByText(answer).click()

    await expect(panelOf(page).getByLabel('What would be recorded').getByRole('listitem')).toHaveText(
      widget.recorded.map((line) => new RegExp(line.replace(' ', '.*'))),
    )
    expect(attributesIn(await tagOf(page))).toEqual(widget.tag)
    expect(violations).toEqual([])
  })
}

test('what is clicked for the finder reaches nothing of the page, and what comes later does again', async ({
  page,
  site,
}) => {
  const html = `<main><div id="chat"><div class="user"><a href="/away">${question}</a></div><div class="bot">${answer}</div></div></main>`
  await page.goto(widgetPage(site, { html }))

  await page.locator('main').getByText(question).click()
  await page.locator('main').getByText(answer).click()
  await expect(panelOf(page).getByLabel('The tag')).toBeVisible()
  expect(new URL(page.url()).pathname).toBe('/')

  site.rawPage('/away', '<title>Away</title>')
  await page.locator('main').getByText(question).click()
  await expect(page).toHaveTitle('Away')
})

test('where nothing stable tells two messages apart, the finder says so and proposes nothing', async ({
  page,
  site,
}) => {
  const html = `<main><div id="chat"><div>${question}</div><div>${answer}</div></div></main>`
  await page.goto(widgetPage(site, { html }))

  await page.locator('main').getByText(question).click()
  await page.locator('main').getByText(answer).click()

  await expect(panelOf(page).getByText('Nothing that stays the same in the widget’s next build')).toBeVisible()
  await expect(panelOf(page).getByLabel('The tag')).toHaveCount(0)
})

test('markup in a message is shown as the text that it is', async ({ page, site }) => {
  const html = `<main><div id="chat"><div class="user">${question}</div><div class="bot">${answer} &lt;img src=x onerror=alert(1)&gt;</div></div></main>`
  await page.goto(widgetPage(site, { html }))

  await page.locator('main').getByText(question).click()
  await page.locator('main').getByText(answer).click()

  await expect(panelOf(page).getByText('<img src=x onerror=alert(1)>')).toBeVisible()
})

test('the panel has a button for it, and Escape ends it', async ({ page, site }) => {
  const html = `<main><div id="chat"><div class="user"><a href="/away">${question}</a></div><div class="bot">${answer}</div></div></main>`
  await page.goto(widgetPage(site, { html }, ''))
  site.rawPage('/away', '<title>Away</title>')
  await page.getByRole('button', { name: 'chatlog', exact: true }).click()
  await panelOf(page).getByRole('button', { name: 'Find selectors' }).click()
  await expect(panelOf(page).getByText('Click a message of the visitor')).toBeVisible()

  await page.keyboard.press('Escape')
  await page.locator('main').getByText(question).click()

  await expect(page).toHaveTitle('Away')
})

test('a bookmarklet that loads the panel into any page opens the finder there', async ({ page, site }) => {
  const html = `<main><div id="chat"><div class="user">${question}</div><div class="bot">${answer}</div></div></main>`
  await page.goto(site.rawPage('/', `<!doctype html><html lang="en"><title>Theirs</title><body>${html}</body></html>`))

  await page.evaluate(() => {
    const script = document.createElement('script')
    script.src = '/dist/chatlog-debug.js'
    script.dataset.find = ''
    return new Promise((resolve) => {
      script.onload = resolve
      document.head.append(script)
    }).then(() => {})
  })
  await expect(panelOf(page)).toBeVisible()
  await page.locator('main').getByText(question).click()
  await page.locator('main').getByText(answer).click()

  expect(attributesIn(await tagOf(page))).toEqual({ observe: '#chat', user: '.user', assistant: '.bot' })
  expect(await tagOf(page)).toContain('/dist/chatlog-observe.js"')
})
