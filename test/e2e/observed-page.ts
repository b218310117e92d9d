import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import type { Site } from './fixtures.ts'
import type { TestCollector } from './test-collector.ts'

/** What the mock backend answers a question with. */
export interface Reply {
  text: string
  link?: { href: string; label: string }
  /** The connection breaks after so many characters. */
  cutAfter?: number
}

/** How the home-made widget is built into its page. */
export interface HomeMadePage {
  kind: 'grow' | 'append' | 'html' | 'wholesale'
  /**
   * `shadow`: in an open shadow root, of an element that comes after 300 ms; `frame`: in a frame of the page's own.
   *
   * @defaultValue 'light'
   */
  place?: 'light' | 'shadow' | 'frame'
  greeting?: string
  /** The widget keeps its history over a reload. */
  storageKey?: string
  /** Rows of a virtualised list. */
  rows?: number
  /** Between two tokens, in milliseconds. */
  tokenMs?: number
  /** Attributes of the tag, without `data-`. */
  tag?: Record<string, string>
}

const attributes = (tag: Record<string, string>) =>
  Object.entries(tag)
    .map(([name, value]) => ` data-${name}="${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`)
    .join('')

/** The tag of the build that observes. */
export const observeTag = ({ webKey, endpoint }: TestCollector, tag: Record<string, string>): string =>
  `<script async src="/dist/chatlog-observe.js"${attributes({ 'api-key': webKey, endpoint, ...tag })}></script>`

const chat = `<div class="list"></div><input aria-label="Question"><button class="stop">Stop</button>
<button class="retry" title="Try again">↻</button><button class="anew">New chat</button>`

/** How the widget's `root` comes into the page. */
const mounts = {
  light: 'const root = document.querySelector("#chat")',
  shadow: `await new Promise((resolve) => setTimeout(resolve, 300))
    const host = document.createElement('x-chat')
    document.querySelector('#chat').append(host)
    const root = host.attachShadow({ mode: 'open' })
    root.innerHTML = ${JSON.stringify(chat)}`,
  frame: `const frame = document.createElement('iframe')
    document.querySelector('#chat').append(frame)
    const root = frame.contentDocument.body
    root.innerHTML = ${JSON.stringify(chat)}`,
}

/** Puts a page with the home-made widget, and nothing of chatlog but the tag. @returns its address */
export async function putHomeMadePage(site: Site, collector: TestCollector, given: HomeMadePage): Promise<string> {
  const { place = 'light', tag, ...widget } = given
  const code = await readFile(join(import.meta.dirname, 'home-made-widget.js'), 'utf8')
  site.rawPage('/home-made-widget.js', code, { 'content-type': 'text/javascript' })
  const selectors = { observe: place === 'shadow' ? 'x-chat' : '#chat', user: '.msg.user', assistant: '.msg.bot' }
  return site.rawPage(
    '/',
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
    ${observeTag(collector, { ...selectors, ...tag })}</head>
    <body><div id="chat">${place === 'light' ? chat : ''}</div>
    <script type="module">
      import { startWidget } from '/home-made-widget.js'
      ${mounts[place]}
      const [list, input, stop, retry, anew] = ['.list', 'input', '.stop', '.retry', '.anew'].map((one) => root.querySelector(one))
      startWidget({ list, input, stop, retry, anew, ...${JSON.stringify(widget)} })
    </script></body></html>`,
  )
}

/** Answers the widget's questions. */
export async function mockBackend(page: Page, replyTo: (question: string) => Reply): Promise<void> {
  await page.route('**/answer?*', (route) => {
    const question = new URL(route.request().url()).searchParams.get('q') ?? ''
    return route.fulfill({ json: replyTo(question) })
  })
}

/** Types a question, without waiting for its answer. */
export async function ask(page: Page, question: string): Promise<void> {
  await page.getByLabel('Question').fill(question)
  await page.getByLabel('Question').press('Enter')
}

/** Waits until the widget says that so many answers have ended in this page. */
export async function answered(page: Page, times: number): Promise<void> {
  await page.waitForFunction((count) => document.body.dataset.answered === String(count), times)
}
