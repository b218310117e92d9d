import { Window } from 'happy-dom'
import type { ObserveSelectors } from '../../src/observe/read/observe-selectors.ts'
import { type ObservedPage, openObservedPage } from '../../src/observe/read/page.ts'
import { type ObserveInput, resolveSelectors } from '../../src/observe/read/selectors.ts'

import { createObserving, withObserving } from '../../src/observe/with-observing.ts'
import { createInstance } from '../../src/script/instance.ts'
import { type InitOptions, resolveOptions } from '../../src/script/options.ts'
import { startRecording } from '../../src/script/start.ts'
import type { ServedConversation } from '../script/fakes/fake-endpoint.ts'
import { endpointOptions, fakeBrowser } from '../script/fakes/fake-platform.ts'

/** A page with a widget in it that chatlog observes, on a fake browser: the test is the widget, and time is its own. */
export interface ObservedWidget {
  document: Document
  /** The widget's list, empty at first. */
  list: HTMLElement
  /** Lets time pass, with the page's changes told as the browser would. */
  wait(ms: number): Promise<void>
  /** The visitor types something. */
  type(): void
  /** The visitor types a question and sends it: it stands in the list behind the others. */
  ask(question: string): Promise<void>
  click(element: Element): Promise<void>
  /** Clicks, and lets no time pass. */
  press(element: Element): void
  /** Puts an element with this HTML behind the others, or before them where the newest stands first. */
  put(className: string, html: string): HTMLElement
  /** Reloads the page: the list is empty again. */
  reload(): Promise<void>
  /** Lets everything settle and be sent. @returns what is stored of each conversation, as `role: content` */
  transcripts(): Promise<string[][]>
  /** Lets everything settle and be sent. @returns the messages of the first conversation, as stored */
  messages(): Promise<ServedConversation['messages']>
  /** What the page's console has shown of errors. */
  lines(): string[]
  /** What chatlog says of each message of the first conversation. */
  marks(): Promise<Record<string, unknown>[]>
}

const selectors: ObserveSelectors = {
  observe: '#chat',
  user: '.user',
  assistant: '.bot',
  feedbackPositive: '.up',
  feedbackNegative: '.down',
}

/** How often the page's changes are told, in milliseconds. */
const stepMs = 10

/** How a widget under test is built and observed. */
export interface WidgetGiven {
  newestFirst?: boolean
  /** Instead of the selectors of `#chat`, `.user` and `.bot`. */
  tag?: ObserveInput
  /** What the page's body holds: `#chat` is the list. */
  body?: string
  beforeStore?: InitOptions['beforeStore']
}

export function observedWidget({ newestFirst = false, tag, body, beforeStore }: WidgetGiven = {}): ObservedWidget {
  const browser = fakeBrowser()
  const tab = browser.openTab()
  let document: Document
  let list: HTMLElement
  let tellChanges = () => {}
  let typed = new Set<() => void>()

  const load = () => {
    const window = new Window({ url: 'https://docs.example.com/guide' }) as unknown as globalThis.Window &
      typeof globalThis
    document = window.document
    document.body.innerHTML = body ?? '<div id="chat"></div>'
    list = document.querySelector('#chat') as HTMLElement
    typed = new Set()
    const observers: [MutationObserver, MutationCallback][] = []
    tellChanges = () => {
      for (const [observer, callback] of observers) {
        const records = observer.takeRecords()
        if (records.length) callback(records, observer)
      }
    }
    const page: ObservedPage = {
      ...openObservedPage(window),
      createObserver(callback) {
        const observer = new window.MutationObserver(() => {})
        observers.push([observer, callback])
        return observer
      },
      onTyped(_frame, listener) {
        typed.add(listener)
        return () => typed.delete(listener)
      },
    }
    const observing = createObserving()
    observing.add(tag ? (resolveSelectors(tag, () => true) as ObserveSelectors) : selectors)
    const start = withObserving(
      startRecording,
      () => observing,
      () => page,
    )
    createInstance(
      resolveOptions({ ...endpointOptions, ...(beforeStore && { beforeStore }) }),
      tab.platform,
      () => {},
      start,
    )
  }

  const wait = async (ms: number) => {
    for (let left = ms; left > 0; left -= stepMs) {
      tellChanges()
      await browser.advance(Math.min(stepMs, left))
    }
  }

  const type = () => {
    for (const listener of typed) listener()
  }

  const put = (className: string, html: string) => {
    const element = document.createElement('div')
    element.className = className
    element.innerHTML = html
    if (newestFirst) list.prepend(element)
    else list.append(element)
    return element
  }

  const press = (element: Element) => {
    const elements: Element[] = []
    for (let around: Element | null = element; around; around = around.parentElement) elements.push(around)
    tab.click(elements)
  }

  const settled = async () => {
    await wait(10_000)
    return browser.endpoint.conversations()
  }

  load()
  return {
    get document() {
      return document
    },
    get list() {
      return list
    },
    wait,
    put,
    type,
    async ask(question) {
      type()
      put('user', question)
      await wait(100)
    },
    press,
    async click(element) {
      press(element)
      await wait(100)
    },
    async reload() {
      await tab.navigate()
      load()
    },
    async transcripts() {
      const stored = await settled()
      return stored.map(({ messages }) => messages.map(({ role, content }) => `${role}: ${content}`))
    },
    lines: () => [...browser.errors],
    async messages() {
      const [conversation] = await settled()
      return conversation?.messages ?? []
    },
    async marks() {
      const [conversation] = await settled()
      return (conversation?.messages ?? []).map(
        ({ properties }) => (properties as { chatlog?: Record<string, unknown> } | null)?.chatlog ?? {},
      )
    },
  }
}
