import type { Page } from 'playwright/test'
import { type Snippet, snippetsIn } from '../docs/snippets.ts'
import { expect, flush, type Site, say, started, test } from './fixtures.ts'
import type { TestCollector } from './test-collector.ts'

// WordPress, the plugins that make it fast, and Tag Manager write a site's tags anew before the browser reads them. Here
// the snippets of docs/frameworks.md, as they stand there but for key and addresses, go through the same changes.

const inFrameworks = ({ document }: Snippet) => document === 'docs/frameworks.md'
const [php] = snippetsIn('php').filter(inFrameworks)
/** What the snippet prints into the page's head: PHP ends at `?>` and begins again at `<?php`. */
const [, printed = ''] = /\?>(.*)<\?php/s.exec(php?.code ?? '') ?? []
const [customHtml] = snippetsIn('html').filter(
  (snippet) => inFrameworks(snippet) && snippet.code.includes('createElement'),
)
const [pasted] = snippetsIn('html').filter((snippet) => inFrameworks(snippet) && snippet.code.includes('async\n'))
/** The README's first element, which keeps calls until the script has loaded. */
const stub = (snippetsIn('html')[0]?.code ?? '').replace(/<script\s+async.*/s, '')

const filled = (code: string, { origin }: Site, { webKey, endpoint }: TestCollector): string =>
  code
    .replaceAll('WEB_KEY', webKey)
    .replaceAll(/https:\/\/(collector|docs)\.example\.com\/chatlog\.js/g, `${origin}/dist/chatlog.js`)
    .replaceAll('https://collector.example.com/conversations', endpoint)

const pageOf = (head: string, footer = ''): string =>
  `<!doctype html><html lang="en"><head><title>Blog</title><link rel="icon" href="data:,">${head}</head><body><h1>Blog</h1>${footer}</body></html>`

/** What chatlog tells the site's developer there. */
function complaintsOf(page: Page): string[] {
  const lines: string[] = []
  page.on('console', (message) => {
    if (/^(error|warning)$/.test(message.type())) lines.push(message.text())
  })
  page.on('pageerror', (error) => lines.push(error.message))
  return lines
}

/**
 * The tag as WordPress 6.5 prints a script that is enqueued with the strategy `defer`, here with the snippet's `data-*`.
 * https://developer.wordpress.org/reference/functions/wp_enqueue_script/
 */
const enqueued = (tag: string): string =>
  tag
    .replace('async\n', '')
    .replace(/src="([^"]*)"/, 'src="$1?ver=0.1.0" id="chatlog-js" defer data-wp-strategy="defer"')

for (const [way, html] of [
  ['prints it in wp_head', (tag: string) => pageOf(tag)],
  ['enqueues it, deferred, in the footer', (tag: string) => pageOf('', enqueued(tag))],
] as const) {
  test(`WordPress ${way}: the page records`, async ({ page, site, collector }) => {
    const complaints = complaintsOf(page)
    await page.goto(site.rawPage('/blog/', html(filled(printed, site, collector))))
    await started(page)

    await say(page, 'How do I install it?')
    await flush(page)

    await expect.poll(collector.transcripts).toEqual([['user: How do I install it?']])
    expect(complaints).toEqual([])
  })
}

/** A page as a plugin makes it that delays scripts: none of them runs before the visitor does something. */
const delayed = (html: string): string =>
  html
    .replaceAll('<script', '<script type="delayed"')
    .replaceAll(' src="http', ' data-delayed-src="http')
    .replace('</body>', `<script>(${runDelayed})()</script></body>`)

/**
 * In the page: makes each delayed script anew, one after another, with its attributes, when the visitor presses a key. Such
 * plugins also wait for a mouse that moves; in one run Chromium reported one by itself while the page appeared.
 */
function runDelayed(): void {
  const runAll = async () => {
    for (const old of document.querySelectorAll<HTMLScriptElement>('script[type=delayed]')) {
      const made = document.createElement('script')
      for (const { name, value } of old.attributes) {
        if (name !== 'type' && name !== 'data-delayed-src') made.setAttribute(name, value)
      }
      made.text = old.text
      const { delayedSrc } = old.dataset
      if (delayedSrc) made.src = delayedSrc
      const loaded = new Promise((resolve) => made.addEventListener('load', resolve))
      old.replaceWith(made)
      if (delayedSrc) await loaded
    }
  }
  addEventListener('keydown', runAll, { once: true })
}

test('a plugin that delays scripts until the visitor does something: what the page recorded by then is stored', async ({
  page,
  site,
  collector,
}) => {
  const complaints = complaintsOf(page)
  const early = `<script>chatlog.trackMessage({ role: 'user', content: 'Said early' })</script>`
  const html = pageOf(stub + early + filled(printed, site, collector))
  await page.goto(site.rawPage('/blog/', delayed(html)))
  expect(await page.evaluate(() => typeof window.chatlog)).toBe('undefined')

  await page.keyboard.press('Tab')
  await started(page)
  await flush(page)

  await expect.poll(collector.transcripts).toEqual([['user: Said early']])
  expect(complaints).toEqual([])
})

/** One file of all scripts, each in its own `try`, as plugins that combine scripts make it; their elements are gone. */
async function combine(site: Site): Promise<string> {
  const script = await (await fetch(`${site.origin}/dist/chatlog.js`)).text()
  const code = ['window.theme = {}', script, 'theme.ready = true'].map((one) => `try{${one}\n}catch(e){}`).join('\n')
  const address = site.rawPage('/wp-content/cache/combined.js', code, { 'content-type': 'text/javascript' })
  return `<script defer src="${address}"></script>`
}

test('a plugin that combines scripts takes the attributes away: the console says so, and nothing is stored', async ({
  page,
  site,
  collector,
}) => {
  const complaints = complaintsOf(page)
  await page.goto(site.rawPage('/blog/', pageOf(await combine(site))))

  await expect.poll(() => complaints).toEqual([expect.stringContaining('(no data-* reached it)')])
  expect(await collector.transcripts()).toEqual([])
})

test('beside a plugin that combines scripts, init in the page gives the options', async ({ page, site, collector }) => {
  const complaints = complaintsOf(page)
  const options = JSON.stringify({ apiKey: collector.webKey, endpoint: collector.endpoint, server: 'chatlog' })
  const init = `<script>addEventListener('DOMContentLoaded', () => chatlog.init(${options}))</script>`
  await page.goto(site.rawPage('/blog/', pageOf((await combine(site)) + init)))
  await started(page)

  await say(page, 'How do I install it?')
  await flush(page)

  await expect.poll(collector.transcripts).toEqual([['user: How do I install it?']])
  expect(complaints).toEqual([])
})

/**
 * In the page: what Tag Manager does to a Custom HTML tag. Its container holds the scripts under a type that no browser runs;
 * each is made anew with its id, address and text alone, and put at the end of the body.
 */
function runCustomHtml(html: string): void {
  const holder = document.createElement('div')
  holder.innerHTML = html.replaceAll('<script', '<script type="text/gtmscript"').replaceAll(/\ssrc=/g, ' data-gtmsrc=')
  for (const node of [...holder.childNodes]) {
    if (!(node instanceof HTMLScriptElement)) {
      document.body.append(node)
      continue
    }
    const made = document.createElement('script')
    made.async = false
    made.type = 'text/javascript'
    made.id = node.id
    made.text = node.text
    const { gtmsrc } = node.dataset
    if (gtmsrc) made.src = gtmsrc
    document.body.append(made)
  }
}

/** Opens a page without a tag, and lets Tag Manager run this once it is ready, as often as a trigger fires. */
async function openManaged(page: Page, site: Site, html: string, firings = 1): Promise<void> {
  await page.goto(site.rawPage('/managed', pageOf(stub)))
  for (let firing = 0; firing < firings; firing++) await page.evaluate(runCustomHtml, html)
}

test('Tag Manager runs the Custom HTML tag: the page records', async ({ page, site, collector }) => {
  const complaints = complaintsOf(page)
  await openManaged(page, site, filled(customHtml?.code ?? '', site, collector))
  await started(page)

  await say(page, 'How do I install it?')
  await flush(page)

  await expect.poll(collector.transcripts).toEqual([['user: How do I install it?']])
  const tag = page.locator('head > script[data-server="chatlog"]')
  await expect(tag).toHaveCount(1)
  expect(complaints).toEqual([])
  // The code leaves no variable of its own in the page.
  expect(await page.evaluate(() => 'tag' in window)).toBe(false)
})

test('Tag Manager fires the tag twice: one conversation is stored once, and the console names the second tag', async ({
  page,
  site,
  collector,
}) => {
  const complaints = complaintsOf(page)
  await openManaged(page, site, filled(customHtml?.code ?? '', site, collector), 2)
  await started(page)

  await say(page, 'How do I install it?')
  await flush(page)

  await expect.poll(collector.transcripts).toEqual([['user: How do I install it?']])
  await expect.poll(() => complaints).toEqual([expect.stringContaining('a second tag is on this page')])
})

test('Tag Manager runs the plain HTML tag without its attributes: the console says so, and nothing is stored', async ({
  page,
  site,
  collector,
}) => {
  const complaints = complaintsOf(page)
  await openManaged(page, site, filled(pasted?.code ?? '', site, collector))

  await expect.poll(() => complaints).toEqual([expect.stringContaining('(no data-* reached it)')])
  expect(await collector.transcripts()).toEqual([])
})

test('the Custom HTML tag is written in the JavaScript that Tag Manager takes, of 2009', () => {
  expect(customHtml?.code).toContain('document.createElement')
  expect(customHtml?.code).not.toMatch(/=>|`|\b(?:const|let|class|async\s+function)\b/)
})
